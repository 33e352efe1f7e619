"use client";

import { useState } from "react";
import { Question } from "@/components/members/question";
import { Button } from "@/components/ui/button";
import { useChange } from "@/components/ui/use-change";
import { retryChange } from "@/lib/unfinished-changes/actions";

const LOST = "The portal did not answer, so it is not known whether the change is tried again. Reload the page.";

interface RetryChangeProps {
  id: string;
  what: string;
  /** What a retry does. */
  retry: string;
}

/** The button that has the worker try a change now, with the question. */
export function RetryChange({ id, what, retry }: RetryChangeProps) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const { send, isPending, refusal } = useChange(() => retryChange({ id }), { onDone: close, lost: LOST });
  return (
    <>
      <Button size="sm" className="sm:-my-1.25" aria-label={`Retry ${what}`} onClick={() => setOpen(true)}>
        Retry
      </Button>
      {open ? (
        <Question
          title="Retry"
          look="primary"
          busy={isPending}
          refusal={refusal}
          onYes={() => send(undefined)}
          onClose={close}
        >
          <p>{retry}</p>
          <p>The worker starts at once. A change has one job, however often it is retried.</p>
        </Question>
      ) : null}
    </>
  );
}
