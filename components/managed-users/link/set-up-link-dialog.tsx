"use client";

import type { ReactNode } from "react";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { LinkReveal } from "@/components/managed-users/link/link-reveal";
import type { SetUpLinkStage } from "@/components/managed-users/link/use-set-up-link";
import { Button } from "@/components/ui/button";
import { DialogButtons } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";

interface SetUpLinkDialogProps {
  /** The title while the dialog asks. */
  title: string;
  stage: SetUpLinkStage;
  onLeave: (message: string) => void;
  onClose: () => void;
  /** The question. */
  children: ReactNode;
}

/** A dialog that asks, and then reveals a set-up link. */
export function SetUpLinkDialog({ title, stage, onLeave, onClose, children }: SetUpLinkDialogProps) {
  const isRevealed = stage.at === "reveal";
  const isWorking = stage.at === "working";
  return (
    <ChangeDialog
      title={isRevealed ? "Set-up link" : title}
      step={stage.at === "form" || isWorking ? "form" : "result"}
      described={stage.at !== "ended"}
      locked={isWorking || isRevealed}
      width={isRevealed ? "lg" : "md"}
      onClose={onClose}
    >
      {stage.at === "reveal" ? (
        <LinkReveal shown={stage.shown} onHide={onClose} onLeave={onLeave} />
      ) : stage.at === "ended" ? (
        <>
          <Notice look="warn" role="alert">
            {stage.message}
          </Notice>
          <DialogButtons>
            <Button onClick={onClose}>Close</Button>
          </DialogButtons>
        </>
      ) : (
        children
      )}
    </ChangeDialog>
  );
}
