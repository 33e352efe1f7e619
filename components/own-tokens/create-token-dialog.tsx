"use client";

import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { CreateTokenForm } from "@/components/own-tokens/create-token-form";
import { TokenReveal } from "@/components/own-tokens/token-reveal";
import { useCreateToken } from "@/components/own-tokens/use-create-token";
import { Button } from "@/components/ui/button";
import { DialogButtons } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import type { TokenPlace } from "@/lib/own-tokens/schema";

interface CreateTokenDialogProps {
  places: TokenPlace[];
  /** How long a token may live. Days. */
  daysMax: number;
  onClose: () => void;
}

/** Makes a token in one dialog: the question, and then the reveal of the token. */
export function CreateTokenDialog({ places, daysMax, onClose }: CreateTokenDialogProps) {
  const { stage, start, discardToken } = useCreateToken();
  const isRevealed = stage.at === "reveal";
  const isWorking = stage.at === "working";

  return (
    <ChangeDialog
      title={isRevealed ? "Your token" : "Create token"}
      step={stage.at === "form" || isWorking ? "form" : "result"}
      described={stage.at !== "ended"}
      locked={isWorking || isRevealed}
      width={isRevealed ? "lg" : "md"}
      onClose={onClose}
    >
      {stage.at === "reveal" ? (
        <TokenReveal created={stage.created} onHide={onClose} onLeave={discardToken} />
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
        <CreateTokenForm places={places} daysMax={daysMax} working={isWorking} onCreate={start} onCancel={onClose} />
      )}
    </ChangeDialog>
  );
}
