import type { IssueFormProps } from "@/components/access-keys/issue/issue-form-props";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { FormError } from "@/components/ui/form-error";

export function EnableForm({ region, error, progress, onEnable, onCancel }: IssueFormProps & { onEnable: () => void }) {
  const working = Boolean(progress);
  return (
    <>
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
      <FormError message={error} />
      {progress}
      <DialogButtons>
        <Button onClick={onCancel} disabled={working}>
          Cancel
        </Button>
        <Button look="primary" onClick={onEnable} busy={working}>
          Enable
        </Button>
      </DialogButtons>
    </>
  );
}
