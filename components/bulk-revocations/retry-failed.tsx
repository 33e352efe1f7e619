"use client";

import { Button } from "@/components/ui/button";
import { FormError } from "@/components/ui/form-error";
import { useToasts } from "@/components/ui/toasts";
import { useCallAction } from "@/components/ui/use-call-action";
import { useMutation } from "@/components/ui/use-mutation";
import { retryFailedKeys } from "@/lib/bulk-revocations/actions";

const LOST = "The portal did not answer. Look at the counts: the failed keys may be tried again already.";

/** Has the failed keys tried again. */
export function RetryFailed({ id, onRetried }: { id: string; onRetried: () => void }) {
  const callAction = useCallAction();
  const toasts = useToasts();
  const retry = useMutation({
    mutationFn: () => callAction(() => retryFailedKeys({ id })),
    onSuccess: (reply) => {
      if (reply.kind === "data" && reply.data.ok) void toasts.show("success", reply.data.message);
      onRetried();
    },
  });
  const reply = retry.data;
  const refused = reply?.kind === "refused" ? reply.message : reply?.kind === "lost" ? LOST : undefined;
  const refusal = reply?.kind === "data" && !reply.data.ok ? reply.data.message : refused;
  return (
    <>
      <Button size="sm" look="primary" busy={retry.isPending} onClick={() => retry.mutate()}>
        Retry failed
      </Button>
      <FormError message={refusal} />
    </>
  );
}
