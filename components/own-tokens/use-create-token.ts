"use client";

import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { CreateTokenForm } from "@/components/own-tokens/form-schema";
import { useCallAction } from "@/components/ui/use-call-action";
import { createAccessToken } from "@/lib/own-tokens/actions";
import type { CreatedToken, TokenRefusal } from "@/lib/own-tokens/schema";

export type CreateTokenStage =
  | { at: "form" }
  | { at: "working" }
  | { at: "reveal"; created: CreatedToken }
  /** There is no token to show, and the dialog says why. */
  | { at: "ended"; message: string };

const LOST =
  "The portal did not answer, so it is not known whether a token was made. If the table shows it, revoke it: nobody has seen it.";
const PAGE_LEFT = "The page was left, so the token is no longer shown. Revoke it and create another one.";

/**
 * Makes a token. The token is held only in the stage `reveal`, in the state of the component that calls this hook. It is
 * dropped by `discardToken`, when the component goes, and when the page is left.
 */
export function useCreateToken() {
  const callAction = useCallAction();
  const [stage, setStage] = useState<CreateTokenStage>({ at: "form" });
  const isMounted = useRef(true);
  const router = useRouter();

  /** Gives the refusal, which the form shows. */
  async function start(typed: CreateTokenForm): Promise<{ reason?: TokenRefusal; message: string } | undefined> {
    setStage({ at: "working" });
    const reply = await callAction(() => createAccessToken(typed));
    router.refresh();
    if (reply.kind === "data" && reply.data.ok) {
      // Nobody is there to see the token.
      setStage(isMounted.current ? { at: "reveal", created: reply.data } : { at: "ended", message: PAGE_LEFT });
      return undefined;
    }
    setStage({ at: "form" });
    if (reply.kind === "data") return reply.data.ok ? undefined : reply.data;
    return { message: reply.kind === "lost" ? LOST : reply.message };
  }

  const discardToken = useCallback((message: string) => setStage({ at: "ended", message }), []);

  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
    };
  }, []);

  useEffect(() => {
    if (stage.at !== "reveal") return;
    // The browser may keep the page in memory and show it again on Back. It must not hold the token then.
    const onPageHide = () => flushSync(() => discardToken(PAGE_LEFT));
    window.addEventListener("pagehide", onPageHide);
    return () => window.removeEventListener("pagehide", onPageHide);
  }, [stage.at, discardToken]);

  return { stage, start, discardToken };
}
