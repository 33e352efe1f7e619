import type { IssueFormProps } from "@/components/access-keys/issue/issue-form";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";

export function EnableForm({ region, error, working, onStart, onCancel }: IssueFormProps) {
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
      {error ? (
        <Notice look="danger" role="alert">
          {error}
        </Notice>
      ) : null}
      {working}
      <DialogButtons>
        <Button onClick={onCancel} disabled={Boolean(working)}>
          Cancel
        </Button>
        <Button look="primary" onClick={onStart} busy={Boolean(working)}>
          Enable
        </Button>
      </DialogButtons>
    </>
  );
}
