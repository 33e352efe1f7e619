"use client";

import { useMutation } from "@/components/ui/use-mutation";
import type { AdjustOutput } from "@/lib/access-keys/schema";
import { useChangeRequest } from "@/components/access-keys/use-change-request";
import type { ActionResult } from "@/components/ui/call-action";
import { useToasts } from "@/components/ui/toasts";

/**
 * Sends a change of an existing key. When it is done, a toast says so and `onDone` is called. `refusal` says why the
 * last one was not done.
 */
export function useLifecycleChange<Typed>(
  send: (requestId: string, typed: Typed) => Promise<ActionResult<AdjustOutput> | undefined>,
  onDone: () => void,
) {
  const requestChange = useChangeRequest();
  const toasts = useToasts();
  const change = useMutation({
    mutationFn: (typed: Typed) => requestChange((requestId) => send(requestId, typed)),
    onSuccess: (result) => {
      if (!result.ok) return;
      void toasts.show("success", result.message);
      onDone();
    },
  });
  return {
    run: async (typed: Typed) => void (await change.mutateAsync(typed)),
    isPending: change.isPending,
    refusal: change.data?.ok === false ? change.data.message : undefined,
  };
}
