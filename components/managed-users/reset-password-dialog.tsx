"use client";

import { useState } from "react";
import { SetUpLinkDialog } from "@/components/managed-users/link/set-up-link-dialog";
import type { UserDialogProps } from "@/components/managed-users/user-dialog";
import { useSetUpLink } from "@/components/managed-users/link/use-set-up-link";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { FormError } from "@/components/ui/form-error";
import { resetUserPassword } from "@/lib/managed-users/actions";

/** Resets the password of a user in one dialog: the question, and then the reveal of the set-up link. */
export function ResetPasswordDialog({ user: { email, name, waitsForSetUp }, onClose }: UserDialogProps) {
  const { stage, start, discardLink } = useSetUpLink(resetUserPassword);
  const [refusal, setRefusal] = useState<string>();
  const isWorking = stage.at === "working";
  return (
    <SetUpLinkDialog title="Reset password" stage={stage} onLeave={discardLink} onClose={onClose}>
      <DialogDescription asChild>
        <div className="grid gap-2">
          <p>
            You get a link with which <bdi className="font-medium break-words text-foreground">{name}</bdi> chooses a
            new password.
          </p>
          <p>
            {waitsForSetUp
              ? "The link from before stops working."
              : "The old password stops working now, not when the link is used. The sessions and access tokens of this person end too. S3 keys work on."}
          </p>
        </div>
      </DialogDescription>
      <FormError message={refusal} />
      <DialogButtons>
        <Button onClick={onClose} disabled={isWorking}>
          Cancel
        </Button>
        <Button look="danger" busy={isWorking} onClick={async () => setRefusal(await start({ email }))}>
          Reset password
        </Button>
      </DialogButtons>
    </SetUpLinkDialog>
  );
}
