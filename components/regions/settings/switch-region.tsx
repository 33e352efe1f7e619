"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Question } from "@/components/members/question";
import { Button } from "@/components/ui/button";
import { useToasts } from "@/components/ui/toasts";
import { useCallAction } from "@/components/ui/use-call-action";
import { useMutation } from "@/components/ui/use-mutation";
import { setRegionSwitch } from "@/lib/regions/actions";

const LOST = "The portal did not answer, so it is not known whether the region was switched. Reload the page.";

/** The button that switches a region off or on, with the question. */
export function SwitchRegion({ name, on }: { name: string; on: boolean }) {
  const callAction = useCallAction();
  const router = useRouter();
  const toasts = useToasts();
  const [open, setOpen] = useState(false);
  const change = useMutation({
    mutationFn: () => callAction(() => setRegionSwitch({ name, on: !on })),
    onSuccess: (reply) => {
      if (reply.kind !== "data" || !reply.data.ok) return;
      void toasts.show("success", reply.data.message);
      setOpen(false);
      router.refresh();
    },
  });
  const reply = change.data;
  const refused = reply?.kind === "refused" ? reply.message : reply?.kind === "lost" ? LOST : undefined;
  const title = on ? "Switch off" : "Switch on";
  return (
    <>
      <Button look={on ? "quietDanger" : "secondary"} onClick={() => setOpen(true)}>
        {title}
      </Button>
      {open ? (
        <Question
          title={title}
          look={on ? "danger" : "primary"}
          busy={change.isPending}
          refusal={reply?.kind === "data" && !reply.data.ok ? reply.data.message : refused}
          onYes={() => change.mutate()}
          onClose={() => setOpen(false)}
        >
          <p>
            {on
              ? `No new keys are made in ${name}, and the worker does not check it. Its keys work on, and can be disabled.`
              : `New keys can be made in ${name} again.`}
          </p>
        </Question>
      ) : null}
    </>
  );
}
