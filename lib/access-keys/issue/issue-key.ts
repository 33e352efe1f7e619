import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { awaitAcknowledgement, commitForReply, type HandedOver } from "@/lib/access-keys/issue/deliver";
import { provePair } from "@/lib/access-keys/issue/verify";
import { putPair } from "@/lib/access-keys/issue/create";
import { handToWorker, settleOperation, undoUnderLease } from "@/lib/access-keys/repair/undo";
import {
  type IssueRequest,
  type WriteAheadOutcome,
  type WrittenAhead,
  writeAhead,
} from "@/lib/access-keys/issue/write-ahead";
import { describeRefusal } from "@/lib/access-keys/rules";
import type { IssueOutput, Refusal } from "@/lib/access-keys/schema";
import { connectQueue } from "@/lib/jobs/queue";
import { readOperationState } from "@/lib/operations/data";
import { ACT_DEADLINE_MS, OCCUPIED_PAUSE_MS, OCCUPIED_WAIT_MS } from "@/lib/operations/rules";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";

/**
 * An issued pair on its way to the one who asked; `secret` is revealed where it leaves the server. `revoking`: where
 * the reply is the delivery, the keys whose removal can start now, under `lease`.
 */
export type IssueOutcome =
  | Exclude<IssueOutput, { outcome: "issued" }>
  | ({ ok: true; outcome: "issued"; change: WrittenAhead; secret: Secret } & HandedOver);

/** Whether the caller says that the secret has arrived, as a browser does, or takes the reply for it, as programs do. */
export type Delivery = "acknowledged" | "reply";

/**
 * Makes a new pair: write ahead, act, prove, and stand ready to deliver. The old pair, if any, works on until the
 * new one is acknowledged, or about to be in the reply. Whatever goes wrong, the new pair is undone, here or by the
 * worker.
 */
export async function issuePair(request: IssueRequest, delivery: Delivery = "acknowledged"): Promise<IssueOutcome> {
  await connectQueue();
  let written = await writeAheadPatiently(request);
  if (written.outcome === "stale") {
    const settled = await settleOperation(written.operationId);
    if (settled === "unproven") return refuse("storage-unsettled", { current: written.current });
    written = await writeAheadPatiently(request);
  }
  if (written.outcome === "already-done") {
    const message =
      "This change was made already. The secret key is shown only once; regenerate the keys to get a new one.";
    return { ok: true, outcome: "already-done", message };
  }
  if (written.outcome === "stale") return refuse("busy");
  if (written.outcome === "occupied") return refuse("busy", { who: written.who });
  if (written.outcome === "refused") return refuse(written.reason, written);
  return act(written.change, request, delivery);
}

/** Waits a little for a removal or a sweep under way: *enable* right after *disable* is no conflict of people. */
async function writeAheadPatiently(request: IssueRequest): Promise<WriteAheadOutcome> {
  const until = Date.now() + OCCUPIED_WAIT_MS;
  for (;;) {
    const written = await writeAhead(request);
    if (written.outcome !== "occupied" || Date.now() >= until) return written;
    await pause(OCCUPIED_PAUSE_MS);
  }
}

async function act(change: WrittenAhead, request: IssueRequest, delivery: Delivery): Promise<IssueOutcome> {
  const context: CallContext = { signal: AbortSignal.timeout(ACT_DEADLINE_MS), requestId: request.requestId };
  let secret: Secret | undefined;
  let asked = false;
  let made = false;
  try {
    const provider = openProvider(change.region);
    secret = await putPair(provider, change, context, () => (asked = true));
    if (!secret) return await giveUp(change, "superseded", asked);
    made = true;
    await provePair(provider, change.accessKeyId, secret, context);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.warn({ operationId: change.operationId, failure: error.failure, detail: error.message }, "new pair failed");
    // Whatever was answered, a request that was sent may have been carried out: only looking proves that it was not.
    return giveUp(change, reasonOf(error), made || (asked && error.failure !== "unavailable"));
  }
  const handed = await handOver(change, request, delivery);
  if (!handed) return giveUp(change, "superseded", true);
  return { ok: true, outcome: "issued", change, secret, ...handed };
}

/** Undefined when the lease is lost. */
async function handOver(
  change: WrittenAhead,
  request: IssueRequest,
  delivery: Delivery,
): Promise<HandedOver | undefined> {
  if (delivery === "acknowledged")
    return (await awaitAcknowledgement(change)) ? { revoking: [], lease: undefined } : undefined;
  try {
    return await commitForReply(change, request);
  } catch (error) {
    // Whoever may do it no more gets nothing, and it is gone before they read so. Of other errors nothing is known.
    const undone =
      !(error instanceof AppError) || (await undoUnderLease(change, "it was not allowed any more", { made: true }));
    if (!undone) await handToWorker(change.operationId);
    throw error;
  }
}

/** `made`: whether the storage system may have the pair. Only then is it asked to remove it. */
async function giveUp(change: WrittenAhead, reason: Refusal, made: boolean): Promise<IssueOutcome> {
  const undone = await undoUnderLease(change, describeRefusal(reason), { made });
  if (!undone) await handToWorker(change.operationId);
  return refuse(await nameOutcome(change, reason, undone), { current: change.current });
}

/** A lease that merely ran out is no disable, and what could not be removed yet is not undone. */
async function nameOutcome(change: WrittenAhead, reason: Refusal, undone: boolean): Promise<Refusal> {
  if (reason !== "superseded") return undone ? reason : "storage-unsettled";
  const state = await readOperationState(change.operationId);
  return state === "CANCELLED" ? "superseded" : "storage-unsettled";
}

function reasonOf(error: ProviderError): Refusal {
  if (error.failure === "unavailable" || error.failure === "throttled") return "storage-unreachable";
  return error.mayHaveHappened ? "storage-failed" : "storage-refused";
}

function refuse(reason: Refusal, facts: Parameters<typeof describeRefusal>[1] = {}): IssueOutcome {
  return { ok: false, reason, message: describeRefusal(reason, facts) };
}
