"use client";

import type { ReactNode } from "react";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { FormError } from "@/components/ui/form-error";

interface QuestionProps {
  /** Also the text of the button. */
  title: string;
  look: "primary" | "danger";
  busy: boolean;
  refusal: string | undefined;
  onYes: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** The question before a change of one member. */
export function Question({ title, look, busy, refusal, onYes, onClose, children }: QuestionProps) {
  return (
    <ChangeDialog title={title} step="form" locked={busy} onClose={onClose}>
      <DialogDescription asChild>
        <div className="grid gap-2">{children}</div>
      </DialogDescription>
      <FormError message={refusal} />
      <DialogButtons>
        <Button onClick={onClose} disabled={busy}>
          Cancel
        </Button>
        <Button look={look} busy={busy} onClick={onYes}>
          {title}
        </Button>
      </DialogButtons>
    </ChangeDialog>
  );
}
