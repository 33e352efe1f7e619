"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { ActionResult } from "@/components/ui/call-action";
import { useCallAction } from "@/components/ui/use-call-action";
import type { ShownLink, UserLinkOutput } from "@/lib/managed-users/schema";

export type SetUpLinkStage =
  | { at: "form" }
  | { at: "working" }
  | { at: "reveal"; shown: ShownLink }
  /** There is no link to show, and the dialog says why. */
  | { at: "ended"; message: string };

const LOST =
  "The portal did not answer, so it is not known whether a link was made. Look at the table: Reset password makes another link.";
const PAGE_LEFT = "The page was left, so the link is no longer shown. Reset password makes another one.";

/**
 * Gets a set-up link. The link is held only in the stage `reveal`, in the state of the component that calls this hook. It
 * is dropped by `discardLink`, when the component goes, and when the page is left.
 */
export function useSetUpLink<Wish>(call: (wish: Wish) => Promise<ActionResult<UserLinkOutput> | undefined>) {
  const callAction = useCallAction();
  const [stage, setStage] = useState<SetUpLinkStage>({ at: "form" });
  const isMounted = useRef(true);
  const router = useRouter();

  /** Gives the refusal, which the form shows. */
  async function start(wish: Wish): Promise<string | undefined> {
    setStage({ at: "working" });
    const reply = await callAction(() => call(wish));
    router.refresh();
    if (reply.kind === "data" && reply.data.ok) {
      // Nobody is there to see the link.
      setStage(isMounted.current ? { at: "reveal", shown: reply.data } : { at: "ended", message: PAGE_LEFT });
      return undefined;
    }
    setStage({ at: "form" });
    if (reply.kind === "data") return reply.data.ok ? undefined : reply.data.message;
    return reply.kind === "lost" ? LOST : reply.message;
  }

  const discardLink = useCallback((message: string) => setStage({ at: "ended", message }), []);

  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);

  useEffect(() => {
    if (stage.at !== "reveal") return;
    // The browser may keep the page in memory and show it again on Back. It must not hold the link then.
    const onPageHide = () => flushSync(() => discardLink(PAGE_LEFT));
    window.addEventListener("pagehide", onPageHide);
    return () => window.removeEventListener("pagehide", onPageHide);
  }, [stage.at, discardLink]);

  return { stage, start, discardLink };
}
