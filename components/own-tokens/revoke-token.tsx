"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { FormError } from "@/components/ui/form-error";
import { useToasts } from "@/components/ui/toasts";
import { useCallAction } from "@/components/ui/use-call-action";
import { useMutation } from "@/components/ui/use-mutation";
import { revokeAccessToken } from "@/lib/own-tokens/actions";

const LOST = "The portal did not answer, so it is not known whether the token was revoked. Try again.";

/** The button that revokes a token, with the question. */
export function RevokeToken({ id, name }: { id: string; name: string }) {
  const callAction = useCallAction();
  const [open, setOpen] = useState(false);
  const toasts = useToasts();
  const router = useRouter();
  const revoke = useMutation({
    mutationFn: () => callAction(() => revokeAccessToken({ id })),
    onSuccess: (reply) => {
      if (reply.kind !== "data") return;
      void toasts.show("success", "Token revoked");
      setOpen(false);
      router.refresh();
    },
  });
  const reply = revoke.data;
  const refusal = reply?.kind === "refused" ? reply.message : reply?.kind === "lost" ? LOST : undefined;

  return (
    <>
      <Button
        size="sm"
        look="quietDanger"
        className="sm:-my-1.25"
        aria-label={`Revoke ${name}`}
        onClick={() => setOpen(true)}
      >
        Revoke
      </Button>
      {open ? (
        <ChangeDialog title="Revoke token" step="form" locked={revoke.isPending} onClose={() => setOpen(false)}>
          <DialogDescription>
            Programs that use <bdi className="font-medium text-foreground">{name}</bdi> are refused from their next
            request on. A revoked token never works again.
          </DialogDescription>
          <FormError message={refusal} />
          <DialogButtons>
            <Button onClick={() => setOpen(false)} disabled={revoke.isPending}>
              Cancel
            </Button>
            <Button look="danger" busy={revoke.isPending} onClick={() => revoke.mutate()}>
              Revoke
            </Button>
          </DialogButtons>
        </ChangeDialog>
      ) : null}
    </>
  );
}
