"use client";

import { useState } from "react";
import type { ActionResult } from "@/components/ui/call-action";
import { useCallAction } from "@/components/ui/use-call-action";
import type { CheckLine, CheckOutput, Finding } from "@/lib/regions/schema";

const LOST = "The portal did not answer to the end. Run the check again.";
/** Every action of a check takes secrets, so that none goes through a cache of mutations. */
type Lines = ActionResult<AsyncIterable<CheckLine>> | undefined;

interface CheckState {
  findings: Finding[];
  busy: boolean;
  end: CheckOutput | undefined;
  /** Why there is no end. */
  refusal: string | undefined;
}
const NOTHING: CheckState = { findings: [], busy: false, end: undefined, refusal: undefined };

/** Runs a check on the server and shows its findings as they come. */
export function useRegionCheck() {
  const callAction = useCallAction();
  const [state, setState] = useState(NOTHING);

  /** Whether the check passed. */
  async function run(call: () => Promise<Lines>): Promise<boolean> {
    setState({ ...NOTHING, busy: true });
    const reply = await callAction(call);
    if (reply.kind !== "data") {
      setState({ ...NOTHING, refusal: reply.kind === "refused" ? reply.message : LOST });
      return false;
    }
    let end: CheckOutput | undefined;
    try {
      for await (const line of reply.data) {
        if ("end" in line) end = line.end;
        else setState((before) => ({ ...before, findings: [...before.findings, line.finding] }));
      }
    } catch {
      end = undefined;
    }
    setState((before) => ({ ...before, busy: false, end, refusal: end ? undefined : LOST }));
    return end?.ok === true;
  }

  return { ...state, run, show: (end: CheckOutput) => setState({ ...NOTHING, findings: end.findings, end }) };
}
