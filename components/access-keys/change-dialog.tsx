"use client";

import { type ReactNode, useEffect, useRef } from "react";
import { Dialog, DialogContent, DialogTitle, type DialogWidth } from "@/components/ui/dialog";

interface ChangeDialogProps {
  title: string;
  /** `form` asks, `result` tells what came of it. A result moves the focus to the title. */
  step: "form" | "result";
  /** While it is locked, neither Escape nor a press outside closes the dialog. */
  locked: boolean;
  width?: DialogWidth;
  onClose: () => void;
  onCloseAutoFocus: (event: Event) => void;
  children: ReactNode;
}

/** The dialog around a change of keys: first a form, then a result. */
export function ChangeDialog({ title, step, locked, width, onClose, onCloseAutoFocus, children }: ChangeDialogProps) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    if (step === "result") heading.current?.focus();
  }, [step, title]);

  const keepOpen = (event: Event) => {
    if (locked) event.preventDefault();
  };

  return (
    <Dialog open onOpenChange={(open) => !open && !locked && onClose()}>
      <DialogContent
        onEscapeKeyDown={keepOpen}
        onInteractOutside={keepOpen}
        onCloseAutoFocus={onCloseAutoFocus}
        {...(width ? { width } : {})}
        // Only the form has a description.
        {...(step === "form" ? {} : { "aria-describedby": undefined })}
      >
        <DialogTitle ref={heading} tabIndex={-1}>
          {title}
        </DialogTitle>
        {children}
      </DialogContent>
    </Dialog>
  );
}
