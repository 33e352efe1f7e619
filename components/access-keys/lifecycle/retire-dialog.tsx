"use client";

import { retireNow } from "@/lib/access-keys/actions";
import { placeOf } from "@/components/access-keys/place";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { OverlapUse } from "@/components/access-keys/last-use/last-used";
import type { LifecycleDialogProps } from "@/components/access-keys/lifecycle/lifecycle-dialog-props";
import { useLifecycleChange } from "@/components/access-keys/lifecycle/use-lifecycle-change";
import { describeBound, findUsual } from "@/lib/revocation-bounds/rules";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { FormError } from "@/components/ui/form-error";

/** Ends the overlap of a rotation now. */
export function RetireDialog({ project, card, ...dialog }: LifecycleDialogProps) {
  const place = placeOf(project, card);
  const change = useLifecycleChange<void>((requestId) => retireNow({ ...place, requestId }), dialog.onClose);
  return (
    <ChangeDialog title="Retire now" step="form" locked={change.isPending} {...dialog}>
      <DialogDescription>
        The old key <span className="font-mono [overflow-wrap:anywhere]">{card.retiring?.accessKeyId}</span> is removed:
        tools that still use it lose access{" "}
        {describeBound(card.region.revocationBoundSeconds, findUsual(card, "replaced"))}. The new key works on.{" "}
        {card.retiring ? <OverlapUse retiring={card.retiring} /> : null}
      </DialogDescription>
      <FormError message={change.refusal} />
      <DialogButtons>
        <Button onClick={dialog.onClose} disabled={change.isPending}>
          Cancel
        </Button>
        <Button look="danger" busy={change.isPending} onClick={() => void change.run()}>
          Retire now
        </Button>
      </DialogButtons>
    </ChangeDialog>
  );
}
