"use client";

import { activateKey } from "@/lib/access-keys/actions";
import { nameKey, placeOf } from "@/components/access-keys/place";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import type { LifecycleDialogProps } from "@/components/access-keys/lifecycle/lifecycle-dialog-props";
import { useLifecycleChange } from "@/components/access-keys/lifecycle/use-lifecycle-change";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { FormError } from "@/components/ui/form-error";

/** Switches the current key of a region on again. */
export function ActivateDialog({ project, card, ...dialog }: LifecycleDialogProps) {
  const place = placeOf(project, card);
  const change = useLifecycleChange<void>((requestId) => activateKey({ ...place, requestId }), dialog.onClose);

  return (
    <ChangeDialog title="Activate" step="form" locked={change.isPending} {...dialog}>
      <DialogDescription>{nameKey(card)} is switched on: tools that have it can use it again.</DialogDescription>
      <FormError message={change.refusal} />
      <DialogButtons>
        <Button onClick={dialog.onClose} disabled={change.isPending}>
          Cancel
        </Button>
        <Button look="primary" busy={change.isPending} onClick={() => void change.run()}>
          Activate
        </Button>
      </DialogButtons>
    </ChangeDialog>
  );
}
