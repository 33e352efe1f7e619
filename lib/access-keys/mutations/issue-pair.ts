import "server-only";
import { setTimeout as pause } from "node:timers/promises";
import { moveKey } from "@/lib/access-keys/data";
import { provePair } from "@/lib/access-keys/mutations/prove-pair";
import { putPair } from "@/lib/access-keys/mutations/put-pair";
import { handToWorker, settleOperation, undoUnderLease } from "@/lib/access-keys/mutations/undo-operation";
import { type IssueRequest, type WriteAheadOutcome, type WrittenAhead, writeAhead } from "@/lib/access-keys/mutations/write-ahead";
import { describeRefusal } from "@/lib/access-keys/rules";
import type { IssueOutput, Refusal } from "@/lib/access-keys/schema";
import { connectQueue } from "@/lib/jobs/queue";
import { readOperationState } from "@/lib/operations/data";
import { moveOperation } from "@/lib/operations/mutations";
import { ACKNOWLEDGE_SECONDS, ACT_DEADLINE_MS, OCCUPIED_PAUSE_MS, OCCUPIED_WAIT_MS } from "@/lib/operations/rules";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import { transact } from "@/lib/platform/sql";
import { lockLease, releaseLease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";

/** An issued pair on its way to the one who asked; `secret` is revealed by the action alone. */
export type IssueOutcome =
  | Exclude<IssueOutput, { outcome: "issued" }>
  | { ok: true; outcome: "issued"; change: WrittenAhead; secret: Secret };

/**
 * Makes a new pair: write ahead, act, prove, and stand ready to deliver. The old pair, if any, works on until the
 * new one is acknowledged. Whatever goes wrong, the new pair is undone, here or by the worker.
 */
export async function issuePair(request: IssueRequest): Promise<IssueOutcome> {
  await connectQueue();
  let written = await writeAheadPatiently(request);
  if (written.outcome === "stale") {
    const settled = await settleOperation(written.operationId);
    if (settled === "unproven") return refuse("storage-unsettled", { current: written.current });
    written = await writeAheadPatiently(request);
  }
  if (written.outcome === "already-done") {
    const message = "This change was made already. The secret key is shown only once; regenerate the keys to get a new one.";
    return { ok: true, outcome: "already-done", message };
  }
  if (written.outcome === "stale") return refuse("busy");
  if (written.outcome === "occupied") return refuse("busy", { who: written.who });
  if (written.outcome === "refused") return refuse(written.reason, written);
  return act(written.change, request.requestId);
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

async function act(change: WrittenAhead, requestId: string): Promise<IssueOutcome> {
  const context: CallContext = { signal: AbortSignal.timeout(ACT_DEADLINE_MS), requestId };
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
  if (!(await markIssued(change))) return giveUp(change, "superseded", true);
  return { ok: true, outcome: "issued", change, secret };
}

/** CREATING → ISSUED, only while the lease stands; from now on the acknowledgement is awaited. */
async function markIssued({ operationId, keyId, lease }: WrittenAhead): Promise<boolean> {
  return transact(async (tx) => {
    const now = await lockLease(tx, lease);
    if (!now) return false;
    const dueAt = new Date(now.getTime() + ACKNOWLEDGE_SECONDS * 1_000);
    // Whoever takes the operation over takes the lease first: while it stands, both are where this change left them.
    const moved = await Promise.all([
      moveOperation(tx, operationId, { from: ["PENDING"], to: "DELIVERING", dueAt }),
      moveKey(tx, keyId, "issue"),
      releaseLease(tx, lease),
    ]);
    if (moved.includes(false)) throw new Error(`operation ${operationId} changed without its lease`);
    return true;
  });
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
