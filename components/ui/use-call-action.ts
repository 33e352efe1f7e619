"use client";

import { useCallback } from "react";
import { type ActionResult, callAction, type Reply } from "@/components/ui/call-action";
import { useToasts } from "@/components/ui/toasts";

/**
 * Gives `callAction` with a toast for "not found". Next answers a 404 of an action with the page as it is now. A person
 * who lost the role then sees the page "not found", without the dialog that would have said that nothing was changed.
 */
export function useCallAction() {
  const toasts = useToasts();
  return useCallback(
    async <T>(call: () => Promise<ActionResult<T> | undefined>): Promise<Reply<T>> => {
      const reply = await callAction(call);
      if (reply.kind === "refused" && reply.code === "NOT_FOUND") void toasts.show("error", reply.message);
      return reply;
    },
    [toasts],
  );
}
