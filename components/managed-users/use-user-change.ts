"use client";

import { useRouter } from "next/navigation";
import type { ActionResult } from "@/components/ui/call-action";
import { useToasts } from "@/components/ui/toasts";
import { useCallAction } from "@/components/ui/use-call-action";
import { useMutation } from "@/components/ui/use-mutation";
import type { UserChangedOutput } from "@/lib/managed-users/schema";

const LOST = "The portal did not answer, so it is not known whether the user was changed. Reload the page.";

/**
 * A change of a user. `onDone` is called when everything is as asked, and the page is loaded again, or the page at
 * `leaveTo` where the person may not see this one any more. Otherwise `refusal` says why not.
 */
export function useUserChange<Wish>(
  call: (wish: Wish) => Promise<ActionResult<UserChangedOutput> | undefined>,
  onDone: () => void,
  leaveTo: (wish: Wish) => string | undefined = () => undefined,
) {
  const callAction = useCallAction();
  const toasts = useToasts();
  const router = useRouter();
  const change = useMutation({
    mutationFn: (wish: Wish) => callAction(() => call(wish)),
    onSuccess: (reply, wish) => {
      if (reply.kind === "data" && reply.data.ok) {
        const next = leaveTo(wish);
        // A full load: the session may have ended.
        if (next !== undefined) return window.location.assign(new URL(next, window.location.href));
        void toasts.show("success", reply.data.message);
        onDone();
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
