"use client";

import { useWatch } from "react-hook-form";
import { setExpiration } from "@/lib/access-keys/actions";
import type { ExpirationForm, ExpirationFormInput } from "@/components/access-keys/form-schema";
import { placeOf } from "@/components/access-keys/place";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { describeEnd } from "@/components/access-keys/lifecycle/describe-end";
import { ExpirationField } from "@/components/access-keys/lifecycle/expiration-field";
import type { LifecycleDialogProps } from "@/components/access-keys/lifecycle/lifecycle-dialog-props";
import { useLifecycleChange } from "@/components/access-keys/lifecycle/use-lifecycle-change";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { FormError } from "@/components/ui/form-error";
import { useZodForm } from "@/components/ui/use-zod-form";

/** Sets when the current key of a region expires, or that it never does. */
export function ExpirationDialog({ project, card, ...dialog }: LifecycleDialogProps) {
  const place = placeOf(project, card);
  const change = useLifecycleChange(
    (requestId, typed: ExpirationForm) => setExpiration({ ...place, requestId, ...typed }),
    dialog.onClose,
  );
  const form = useZodForm<ExpirationFormInput, ExpirationForm>(
    async () => (await import("@/components/access-keys/form-schema")).expirationFormSchema,
    { defaultValues: { never: false, expirationDate: formatLocal(card.key?.expiresAt ?? null) } },
  );
  const { errors } = form.formState;
  const never = useWatch({ control: form.control, name: "never" });
  const isExpired = card.state === "EXPIRED";

  return (
    <ChangeDialog title="Set expiration" step="form" locked={change.isPending} {...dialog}>
      <form noValidate className="grid gap-4" onSubmit={form.submit(change.run)}>
        <DialogDescription>
          {isExpired
            ? "The key has expired. With a later date, or with none, it works again."
            : describeEnd(card.region, card.name !== null, card.key?.removeAtExpiration)}
        </DialogDescription>
        <ExpirationField
          hint="In your own time zone."
          error={never ? undefined : errors.expirationDate?.message}
          control={form.control}
          name="expirationDate"
          disabled={never}
        />
        <Checkbox
          label="Never"
          checked={never}
          onCheckedChange={(checked) => form.setValue("never", checked === true)}
        />
        <FormError message={change.refusal ?? errors.root?.message} />
        <DialogButtons>
          <Button onClick={dialog.onClose} disabled={change.isPending}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={change.isPending}>
            Set expiration
          </Button>
        </DialogButtons>
      </form>
    </ChangeDialog>
  );
}

/** A moment as the browser's date field wants it: in the person's time zone, to the minute, without an offset. */
function formatLocal(iso: string | null): string {
  if (iso === null) return "";
  const date = new Date(iso);
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
