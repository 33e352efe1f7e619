import { ExpirationField } from "@/components/access-keys/lifecycle/expiration-field";
import { describeEnd } from "@/components/access-keys/lifecycle/describe-end";
import type { IssueFormProps } from "@/components/access-keys/issue/issue-form-props";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input, Select } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";
import type { AddForm as Typed, AddFormInput } from "@/components/access-keys/form-schema";
import type { Card } from "@/lib/access-keys/schema";

interface AddFormProps extends IssueFormProps {
  onAdd: (typed: Typed) => Promise<void>;
}

/** What a read-only key cannot do on this storage system. */
const READ_ONLY: Record<Card["region"]["readOnly"], string> = {
  all: "A read-only key lists and reads. The storage system refuses every write.",
  objects:
    "A read-only key lists and reads, and cannot write or delete objects. On this storage system it can still create buckets and change a bucket's versioning, CORS, request payment, tags and default retention.",
  none: "The storage system of this region cannot tell keys apart: every key has full access.",
};

export function AddForm({ card: { region }, error, progress, onAdd, onCancel }: AddFormProps) {
  const form = useZodForm<AddFormInput, Typed>(
    async () => (await import("@/components/access-keys/form-schema")).addFormSchema,
    { defaultValues: { name: "", access: "full", expirationDate: "" } },
  );
  const { errors } = form.formState;
  const working = Boolean(progress);
  return (
    <form noValidate className="grid gap-4" onSubmit={form.submit(onAdd)}>
      <DialogDescription asChild>
        <p>
          A further key for <strong className="font-medium text-foreground">{region.name}</strong>, for one tool or one
          machine: it can be regenerated and disabled without touching the other keys. The secret key is shown once.
        </p>
      </DialogDescription>
      <Field label="Name" hint="Such as backup host. It cannot be changed later." error={errors.name?.message}>
        {(control) => <Input {...control} {...form.register("name")} autoComplete="off" dir="auto" required />}
      </Field>
      <Field label="Access" hint={READ_ONLY[region.readOnly]} error={errors.access?.message}>
        {(control) => (
          <Select {...control} {...form.register("access")}>
            <option value="full">Full access</option>
            {region.readOnly === "none" ? null : <option value="read-only">Read only</option>}
          </Select>
        )}
      </Field>
      <ExpirationField
        hint={`Recommended. ${describeEnd(region, true)}`}
        error={errors.expirationDate?.message}
        control={form.control}
        name="expirationDate"
      />
      <FormError message={error ?? errors.root?.message} />
      {progress}
      <DialogButtons>
        <Button onClick={onCancel} disabled={working}>
          Cancel
        </Button>
        <Button type="submit" look="primary" busy={working}>
          Add
        </Button>
      </DialogButtons>
    </form>
  );
}
