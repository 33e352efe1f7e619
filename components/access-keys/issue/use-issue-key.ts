"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { useCallAction } from "@/components/ui/use-call-action";
import { acknowledgeSecret, enableCliAccess, regenerateKeys } from "@/lib/access-keys/actions";
import type { AddForm, EnableForm, RegenerateForm } from "@/components/access-keys/form-schema";
import type { IssuedOutput } from "@/lib/access-keys/schema";
import { confirmDelivery } from "@/components/access-keys/issue/confirm-delivery";
import type { placeOf } from "@/components/access-keys/place";
import { useChangeRequest } from "@/components/access-keys/use-change-request";

/** `typed` is what the person typed into the form. */
export type IssueRequest =
  | { kind: "enable"; typed: EnableForm }
  | { kind: "add"; typed: AddForm }
  | { kind: "regenerate"; typed: RegenerateForm };

export type IssueStage =
  | { at: "form"; error: string | undefined }
  | { at: "working"; step: "creating" | "confirming" }
  | { at: "reveal"; issued: IssuedOutput }
  /** There is no secret to show, and the dialog says why. */
  | { at: "ended"; message: string };

const PAGE_LEFT = "The page was left, so the secret key is no longer shown. Regenerate Keys makes a new key.";

const CLOCK = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms)) };

/**
 * Issues a key: calls the action, confirms the delivery, and then gives the secret for the reveal. The secret is held
 * only in the stage `reveal`, in the state of the component that calls this hook. It is dropped by `discardSecret`, when
 * the component goes, and when the page is left.
 */
export function useIssueKey(place: ReturnType<typeof placeOf>) {
  const callAction = useCallAction();
  const [stage, setStage] = useState<IssueStage>({ at: "form", error: undefined });
  const requestChange = useChangeRequest();
  const inFlight = useRef(false);
  const isMounted = useRef(true);

  async function start(request: IssueRequest) {
    // A double click calls this twice before the next render.
    if (inFlight.current) return;
    inFlight.current = true;
    setStage({ at: "working", step: "creating" });
    setStage(await issue(request));
    inFlight.current = false;
  }

  async function issue(request: IssueRequest): Promise<IssueStage> {
    const result = await requestChange((requestId) =>
      request.kind === "regenerate"
        ? regenerateKeys({ ...place, requestId, ...request.typed })
        : enableCliAccess({ ...place, requestId, ...request.typed }),
    );
    if (!result.ok) return { at: "form", error: result.message };
    if (result.outcome === "already-done") return { at: "ended", message: result.message };
    return confirm(result);
  }

  async function confirm(issued: IssuedOutput): Promise<IssueStage> {
    // Nobody is there to see the secret. The server removes a key that is not confirmed.
    if (!isMounted.current) return { at: "ended", message: PAGE_LEFT };
    setStage({ at: "working", step: "confirming" });
    const { operationId } = issued;
    const answer = await confirmDelivery(
      () => callAction(() => acknowledgeSecret({ project: place.project, operationId })),
      CLOCK,
    );
    return answer.ok ? { at: "reveal", issued } : { at: "ended", message: answer.message };
  }

  const discardSecret = useCallback((message: string) => setStage({ at: "ended", message }), []);

  useEffect(() => {
    isMounted.current = true;
    return () => {
      isMounted.current = false;
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
    // The browser may keep the page in memory and show it again on Back. It must not hold the secret then.
    const onPageHide = () => flushSync(() => discardSecret(PAGE_LEFT));
    window.addEventListener("pagehide", onPageHide);
    return () => window.removeEventListener("pagehide", onPageHide);
  }, [stage.at, discardSecret]);

  return { stage, start, discardSecret };
}
