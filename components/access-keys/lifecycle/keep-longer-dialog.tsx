"use client";

import { keepLonger } from "@/lib/access-keys/actions";
import type { KeepLongerForm, KeepLongerFormInput } from "@/components/access-keys/form-schema";
import { placeOf } from "@/components/access-keys/place";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { OverlapUse } from "@/components/access-keys/last-use/last-used";
import type { LifecycleDialogProps } from "@/components/access-keys/lifecycle/lifecycle-dialog-props";
import { OverlapOptions } from "@/components/access-keys/lifecycle/overlap-choices";
import { useLifecycleChange } from "@/components/access-keys/lifecycle/use-lifecycle-change";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Select } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";

/** Keeps the old key of a rotation for longer. */
export function KeepLongerDialog({ project, card, ...dialog }: LifecycleDialogProps) {
  const place = placeOf(project, card);
  const change = useLifecycleChange(
    (requestId, typed: KeepLongerForm) => keepLonger({ ...place, requestId, ...typed }),
    dialog.onClose,
  );
  const form = useZodForm<KeepLongerFormInput, KeepLongerForm>(
    async () => (await import("@/components/access-keys/form-schema")).keepLongerFormSchema,
    { defaultValues: { overlapSeconds: "86400" } },
  );
  return (
    <ChangeDialog title="Keep longer" step="form" locked={change.isPending} {...dialog}>
      <form noValidate className="grid gap-4" onSubmit={form.submit(change.run)}>
        <DialogDescription>
          The old key <span className="font-mono [overflow-wrap:anywhere]">{card.retiring?.accessKeyId}</span> works on
          beside the new one, but never longer than its own expiration date.{" "}
          {card.retiring ? <OverlapUse retiring={card.retiring} /> : null}
        </DialogDescription>
        <Field label="Keep the old keys for" hint="Counted from now.">
          {(control) => (
            <Select {...control} {...form.register("overlapSeconds")}>
              <OverlapOptions />
            </Select>
          )}
        </Field>
        <FormError message={change.refusal ?? form.formState.errors.root?.message} />
        <DialogButtons>
          <Button onClick={dialog.onClose} disabled={change.isPending}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={change.isPending}>
            Keep longer
          </Button>
        </DialogButtons>
      </form>
    </ChangeDialog>
  );
}
