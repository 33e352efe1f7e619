"use client";

import { useRef } from "react";
import { createRequestId } from "@/components/access-keys/request-id";
import { type ActionResult, isOutcomeKnown } from "@/components/ui/call-action";
import { useCallAction } from "@/components/ui/use-call-action";

type Refused = { ok: false; message: string };

const LOST =
  "The portal did not answer, so it is not known whether anything was changed. Try again: the same request is never carried out twice.";

/**
 * Gives a function that asks for a change of keys. Its result is the action's own result, or the sentence that says why
 * there was no change. While the outcome of a call is not known, the next call sends the same request id, so the change
 * happens once.
 */
export function useChangeRequest() {
  const callAction = useCallAction();
  const requestId = useRef<string>(undefined);

  return async function requestChange<T extends { ok: boolean }>(
    call: (requestId: string) => Promise<ActionResult<T | Refused> | undefined>,
  ): Promise<T | Refused> {
    const id = (requestId.current ??= createRequestId());
    const reply = await callAction(() => call(id));
    if (isOutcomeKnown(reply)) requestId.current = undefined;
    if (reply.kind === "lost") return { ok: false, message: LOST };
    return reply.kind === "data" ? reply.data : { ok: false, message: reply.message };
  };
}
