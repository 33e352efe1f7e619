"use client";

import { useRouter } from "next/navigation";
import type { ActionResult } from "@/components/ui/call-action";
import { useToasts } from "@/components/ui/toasts";
import { useCallAction } from "@/components/ui/use-call-action";
import { useMutation } from "@/components/ui/use-mutation";
import type { MemberOutput } from "@/lib/members/schema";

const LOST = "The portal did not answer, so it is not known whether the members were changed. Reload the page.";

/**
 * A change of the members. `onDone` is called when everything is as asked, and the page is loaded again, or the page at
 * `leaveTo` where the person may not see this one any more. Otherwise `refusal` says why not.
 */
export function useMemberChange<Wish>(
  call: (wish: Wish) => Promise<ActionResult<MemberOutput> | undefined>,
  onDone: () => void,
  leaveTo?: string,
) {
  const callAction = useCallAction();
  const toasts = useToasts();
  const router = useRouter();
  const change = useMutation({
    mutationFn: (wish: Wish) => callAction(() => call(wish)),
    onSuccess: (reply) => {
      if (reply.kind === "data" && reply.data.ok) {
        void toasts.show("success", reply.data.message);
        onDone();
        if (leaveTo !== undefined) return router.push(leaveTo);
      }
      // A refusal may mean that the table is out of date.
      if (reply.kind === "data") router.refresh();
    },
  });
  const reply = change.data;
  const refused = reply?.kind === "refused" ? reply.message : reply?.kind === "lost" ? LOST : undefined;
  const refusal = reply?.kind === "data" && !reply.data.ok ? reply.data.message : refused;
  return { send: change.mutate, isPending: change.isPending, refusal };
}
