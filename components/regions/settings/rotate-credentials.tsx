"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Question } from "@/components/members/question";
import { Button } from "@/components/ui/button";
import { useToasts } from "@/components/ui/toasts";
import { useCallAction } from "@/components/ui/use-call-action";
import { useMutation } from "@/components/ui/use-mutation";
import { rotateRegionCredentials } from "@/lib/regions/actions";

const LOST =
  "The portal did not answer, so it is not known how the rotation ended. The worker undoes or finishes it. Reload the page.";
const TITLE = "Rotate credentials";

/** The button that gives the portal new credentials of its own, with the question. */
export function RotateCredentials({ name }: { name: string }) {
  const callAction = useCallAction();
  const router = useRouter();
  const toasts = useToasts();
  const [open, setOpen] = useState(false);
  const change = useMutation({
    mutationFn: () => callAction(() => rotateRegionCredentials({ name })),
    onSuccess: (reply) => {
      router.refresh();
      if (reply.kind !== "data" || !reply.data.ok) return;
      void toasts.show("success", reply.data.message);
      setOpen(false);
    },
  });
  const reply = change.data;
  const refused = reply?.kind === "refused" ? reply.message : reply?.kind === "lost" ? LOST : undefined;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{TITLE}</Button>
      {open ? (
        <Question
          title={TITLE}
          look="primary"
          busy={change.isPending}
          refusal={reply?.kind === "data" && !reply.data.ok ? reply.data.message : refused}
          onYes={() => change.mutate()}
          onClose={() => setOpen(false)}
        >
          <p>
            The portal gets new credentials of its own in {name}, which nobody else knows. They are checked before they
            are saved, and the former ones are proved refused. Other programs that use the former ones stop.
          </p>
        </Question>
      ) : null}
    </>
  );
}
