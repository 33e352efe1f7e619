import { ExpirationField } from "@/components/access-keys/lifecycle/expiration-field";
import { describeEnd } from "@/components/access-keys/lifecycle/describe-end";
import type { IssueFormProps } from "@/components/access-keys/issue/issue-form-props";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { FormError } from "@/components/ui/form-error";
import { useZodForm } from "@/components/ui/use-zod-form";
import type { EnableForm as Typed, EnableFormInput } from "@/components/access-keys/form-schema";

interface EnableFormProps extends IssueFormProps {
  onEnable: (typed: Typed) => Promise<void>;
}

export function EnableForm({ card: { region }, error, progress, onEnable, onCancel }: EnableFormProps) {
  const form = useZodForm<EnableFormInput, Typed>(
    async () => (await import("@/components/access-keys/form-schema")).enableFormSchema,
    { defaultValues: { expirationDate: "" } },
  );
  const { errors } = form.formState;
  const working = Boolean(progress);
  return (
    <form noValidate className="grid gap-4" onSubmit={form.submit(onEnable)}>
      <DialogDescription asChild>
        <div className="grid gap-2">
          <p>
            CLI access lets command-line tools, scripts and SDKs that speak S3, such as aws, s3cmd and rclone, work with
            this project's buckets in <strong className="font-medium text-foreground">{region.name}</strong>.
          </p>
          <p>
            You get an access key, a secret key and an endpoint URL. The secret key is shown once: have a safe place
            ready for it.
          </p>
        </div>
      </DialogDescription>
      <ExpirationField
        hint={`Recommended. ${describeEnd(region, false)}`}
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
          Enable
        </Button>
      </DialogButtons>
    </form>
  );
}
