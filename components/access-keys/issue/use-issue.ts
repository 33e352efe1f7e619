"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { acknowledgeSecret, enableCliAccess, regenerateKeys } from "@/lib/access-keys/actions";
import { CONFIRM_WORD, type IssuedOutput } from "@/lib/access-keys/schema";
import { confirmDelivery } from "@/components/access-keys/issue/confirm-delivery";
import { ask } from "@/components/ui/reply";
import { createRequestId } from "@/components/access-keys/request-id";

export type IssueKind = "enable" | "regenerate";

export type IssueStage =
  | { at: "form"; error: string | undefined }
  | { at: "working"; step: "making" | "confirming" }
  | { at: "reveal"; pair: IssuedOutput }
  /** There is nothing to reveal, and the dialog says why. */
  | { at: "over"; message: string };

const LOST =
  "The portal did not answer, so it is not known whether anything was changed. Try again: the same request is never carried out twice.";
const LEFT = "The page was left, so the secret key is no longer shown. Regenerate Keys makes a new pair.";

const CLOCK = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms)) };

/**
 * Makes a pair and takes it to the reveal. The secret is in the state of the component that calls this, in the
 * stage `reveal`, and nowhere else; it goes with `drop`, with the component, and when the page is left.
 */
export function useIssue(kind: IssueKind, project: string, region: string) {
  const [stage, setStage] = useState<IssueStage>({ at: "form", error: undefined });
  const requestId = useRef<string>(undefined);
  const running = useRef(false);
  const here = useRef(true);

  async function start() {
    // The state comes too late for a double click.
    if (running.current) return;
    running.current = true;
    setStage({ at: "working", step: "making" });
    setStage(await issue());
    running.current = false;
  }

  async function issue(): Promise<IssueStage> {
    requestId.current ??= createRequestId();
    const intention = { project, region, requestId: requestId.current };
    const reply = await ask(() =>
      kind === "enable" ? enableCliAccess(intention) : regenerateKeys({ ...intention, confirm: CONFIRM_WORD }),
    );
    // Without an answer the next press must stay the same request.
    if (reply.kind === "lost") return { at: "form", error: LOST };
    requestId.current = undefined;
    if (reply.kind === "refused") return { at: "form", error: reply.message };
    if (!reply.data.ok) return { at: "form", error: reply.data.message };
    if (reply.data.outcome === "already-done") return { at: "over", message: reply.data.message };
    return deliver(reply.data);
  }

  async function deliver(pair: IssuedOutput): Promise<IssueStage> {
    // Whoever has left will never see the pair: unconfirmed, it is removed again.
    if (!here.current) return { at: "over", message: LEFT };
    setStage({ at: "working", step: "confirming" });
    const { operationId } = pair;
    const answer = await confirmDelivery(() => ask(() => acknowledgeSecret({ project, operationId })), CLOCK);
    return answer.ok ? { at: "reveal", pair } : { at: "over", message: answer.message };
  }

  const drop = useCallback((message: string) => setStage({ at: "over", message }), []);

  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);

  useEffect(() => {
    if (stage.at !== "working") return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [stage.at]);

  useEffect(() => {
    if (stage.at !== "reveal") return;
    // The browser may keep the left page in memory and show it again: it must not hold the secret then.
    const leave = () => flushSync(() => drop(LEFT));
    window.addEventListener("pagehide", leave);
    return () => window.removeEventListener("pagehide", leave);
  }, [stage.at, drop]);

  return { stage, start, drop };
}
