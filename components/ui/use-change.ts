"use client";

import { useRouter } from "next/navigation";
import type { ActionResult } from "@/components/ui/call-action";
import { useToasts } from "@/components/ui/toasts";
import { useCallAction } from "@/components/ui/use-call-action";
import { useMutation } from "@/components/ui/use-mutation";

interface ChangeOptions {
  /** Called when everything is as asked. */
  onDone: () => void;
  /** The sentence for a change that nobody answered. */
  lost: string;
}

/**
 * A change by an action that answers with a sentence. When everything is as asked, a toast says so and the page is loaded
 * again. Otherwise `refusal` says why not.
 */
export function useChange<Wish>(
  call: (wish: Wish) => Promise<ActionResult<{ ok: boolean; message: string }> | undefined>,
  { onDone, lost }: ChangeOptions,
) {
  const callAction = useCallAction();
  const toasts = useToasts();
  const router = useRouter();
  const change = useMutation({
    mutationFn: (wish: Wish) => callAction(() => call(wish)),
    onSuccess: (reply) => {
      if (reply.kind !== "data") return;
      if (reply.data.ok) {
        void toasts.show("success", reply.data.message);
        onDone();
      }
      // A refusal may mean that the page is out of date.
      router.refresh();
    },
  });
  const reply = change.data;
  const refused = reply?.kind === "refused" ? reply.message : reply?.kind === "lost" ? lost : undefined;
  const refusal = reply?.kind === "data" && !reply.data.ok ? reply.data.message : refused;
  return { send: change.mutate, isPending: change.isPending, refusal };
}
