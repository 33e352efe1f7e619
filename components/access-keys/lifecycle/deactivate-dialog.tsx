"use client";

import { deactivateKey } from "@/lib/access-keys/actions";
import type { DeactivateForm } from "@/components/access-keys/form-schema";
import { nameKey, placeOf } from "@/components/access-keys/place";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import type { LifecycleDialogProps } from "@/components/access-keys/lifecycle/lifecycle-dialog-props";
import { describeBound, findUsual } from "@/lib/revocation-bounds/rules";
import { useLifecycleChange } from "@/components/access-keys/lifecycle/use-lifecycle-change";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Textarea } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";

interface DeactivateDialogProps extends LifecycleDialogProps {
  reasonRequired: boolean;
  /** The key that is meant. When another one is the current key by then, nothing is switched off. */
  accessKeyId?: string | undefined;
}

/** Switches the current key of a region off. */
export function DeactivateDialog({ project, card, reasonRequired, accessKeyId, ...dialog }: DeactivateDialogProps) {
  const place = placeOf(project, card);
  const change = useLifecycleChange(
    (requestId, typed: Partial<DeactivateForm>) => deactivateKey({ ...place, accessKeyId, requestId, ...typed }),
    dialog.onClose,
  );
  const form = useZodForm<Partial<DeactivateForm>, Partial<DeactivateForm>>(async () => {
    const schema = (await import("@/components/access-keys/form-schema")).deactivateFormSchema;
    return reasonRequired ? schema : schema.partial();
  });
  const { errors } = form.formState;

  return (
    <ChangeDialog title="Deactivate" step="form" locked={change.isPending} {...dialog}>
      <form noValidate className="grid gap-4" onSubmit={form.submit(change.run)}>
        <DialogDescription>
          {nameKey(card)} is switched off: tools that use it lose access{" "}
          {describeBound(card.region.revocationBoundSeconds, findUsual(card, "deactivated"))}. Activate switches the
          same key on again. Your buckets and data stay.
        </DialogDescription>
        {reasonRequired ? (
          <Field label="Reason" hint="The members of the project read it." error={errors.reason?.message}>
            {(control) => <Textarea {...control} {...form.register("reason")} required />}
          </Field>
        ) : null}
        <FormError message={change.refusal ?? errors.root?.message} />
        <DialogButtons>
          <Button onClick={dialog.onClose} disabled={change.isPending}>
            Cancel
          </Button>
          <Button type="submit" look="danger" busy={change.isPending}>
            Deactivate
          </Button>
        </DialogButtons>
      </form>
    </ChangeDialog>
  );
}
