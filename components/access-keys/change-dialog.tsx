"use client";

import { type ReactNode, useEffect, useRef, useState } from "react";
import { Dialog, DialogContent, DialogTitle, type DialogWidth } from "@/components/ui/dialog";
import { type FindFocus, findOpener, findPlaceAround, returnFocus } from "@/components/ui/return-focus";
import { StatusRegion } from "@/components/ui/status-region";
import { useToasts } from "@/components/ui/toasts";

interface ChangeDialogProps {
  title: string;
  /** `form` asks, `result` tells what came of it. A result moves the focus to the title. */
  step: "form" | "result";
  /** While it is locked, neither Escape nor a press outside closes the dialog. */
  locked: boolean;
  width?: DialogWidth;
  /** Whether the content has a `DialogDescription`. A form always has one. */
  described?: boolean;
  onClose: () => void;
  /** Where the focus goes when what opened the dialog is gone; without it, to what was around that. */
  findFallback?: FindFocus;
  children: ReactNode;
}

/** The dialog around a change of keys: first a form, then a result. */
export function ChangeDialog({
  title,
  step,
  locked,
  width,
  described = step === "form",
  onClose,
  findFallback,
  children,
}: ChangeDialogProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [opener] = useState(findOpener);
  const [findAround] = useState(() => findPlaceAround(opener));
  const toasts = useToasts();

  // What comes of the dialog may be told in a toast.
  useEffect(() => toasts.prepare(), [toasts]);

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
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          returnFocus(opener, findFallback ?? findAround);
        }}
        {...(width ? { width } : {})}
        {...(described ? {} : { "aria-describedby": undefined })}
      >
        <DialogTitle ref={heading} tabIndex={-1}>
          {title}
        </DialogTitle>
        <StatusRegion>{children}</StatusRegion>
      </DialogContent>
    </Dialog>
  );
}
