import "server-only";
import { recordEvent } from "@/lib/audit/record";
import { changeInstallation } from "@/lib/gate/platform-change";
import type { Actor } from "@/lib/gate/scope";
import { JOBS } from "@/lib/jobs/jobs";
import { connectQueue, enqueueNow } from "@/lib/jobs/queue";
import { settleNow } from "@/lib/operations/mutations";
import { isOver, isOverdue } from "@/lib/operations/rules";
import type { Transaction } from "@/lib/platform/db/client";
import { findFailedJob, readDatabaseClock } from "@/lib/platform/db/locks";
import {
  describeRetryRefusal,
  isListedJob,
  type RetryRefusal,
  type UnfinishedKind,
} from "@/lib/unfinished-changes/rules";
import type { RetryOutput } from "@/lib/unfinished-changes/schema";

/** A change that can be tried again: what the audit log says of it, and how it gets on the queue. */
interface Retryable {
  kind: UnfinishedKind;
  projectId: string;
  keyId: string | null;
  region: string;
  accessKeyId: string | undefined;
  enqueue: () => Promise<"queued" | "running">;
}

/**
 * Has the worker try an unfinished change now. `id` is that of an operation, of a key that is being removed, or of a job
 * whose last try failed. However often this is called, one process works at a change at a time. Throws NOT_FOUND when the caller may not do
 * so any more.
 */
export async function retryUnfinished(actor: Actor, id: string): Promise<RetryOutput> {
  await connectQueue();
  return changeInstallation(actor, "installation:manage", async (tx) => {
    const found = (await findOperation(tx, id)) ?? (await findRevocation(tx, id)) ?? (await findJob(tx, id));
    if (found === undefined) return refuse("settled");
    if (typeof found === "string") return refuse(found);
    const { kind, projectId, keyId, region, accessKeyId } = found;
    if ((await found.enqueue()) === "running") {
      return {
        ok: true,
        outcome: "already-done",
        message: "The worker tries this at this moment. Nothing was changed.",
      };
    }
    await recordEvent(tx, {
      event: "operation.retried",
      outcome: "done",
      actor,
      projectId,
      keyId: keyId ?? undefined,
      data: { what: kind, region, ...(accessKeyId ? { accessKeyId } : {}) },
    });
    return { ok: true, outcome: "done", message: "The worker tries this now. The line goes when it is settled." };
  });
}

const refuse = (reason: RetryRefusal): RetryOutput => ({ ok: false, reason, message: describeRetryRefusal(reason) });

async function findOperation(tx: Transaction, id: string): Promise<Retryable | RetryRefusal | undefined> {
  const operation = await tx.operation.findUnique({ where: { id } });
  if (!operation) return undefined;
  if (isOver(operation.state)) return "settled";
  if (!isOverdue(operation, await readDatabaseClock(tx))) return "in-time";
  const { projectId, keyId, regionId } = operation;
  return {
    kind: "operation",
    ...{ projectId, keyId },
    region: await readRegionName(tx, regionId),
    accessKeyId: await readAccessKeyId(tx, keyId),
    enqueue: () => settleNow(tx, id),
  };
}

async function findRevocation(tx: Transaction, id: string): Promise<Retryable | RetryRefusal | undefined> {
  const key = await tx.accessKey.findUnique({ where: { id } });
  if (!key) return undefined;
  if (key.state !== "REVOKING") return "settled";
  const { projectId, accessKeyId } = key;
  const region = await readRegionName(tx, key.regionId);
  const enqueue = () => enqueueNow(tx, "revoke-key", { keyId: id }, id);
  return { kind: "revocation", projectId, keyId: id, region, accessKeyId, enqueue };
}

async function findJob(tx: Transaction, id: string): Promise<Retryable | undefined> {
  const job = await findFailedJob(tx, id);
  if (!job || !isListedJob(job.name) || job.key === null) return undefined;
  const { name, data, key: jobKey } = job;
  if (name === "expire-key" || name === "retire-key") {
    const { keyId } = JOBS[name].parse(data);
    const key = await tx.accessKey.findUnique({ where: { id: keyId } });
    if (!key) return undefined;
    const region = await readRegionName(tx, key.regionId);
    const enqueue = () => enqueueNow(tx, name, { keyId }, jobKey);
    return { kind: "job", projectId: key.projectId, keyId, region, accessKeyId: key.accessKeyId, enqueue };
  }
  const { principalId } = JOBS[name].parse(data);
  const principal = await tx.principal.findUnique({ where: { id: principalId } });
  if (!principal) return undefined;
  const region = await readRegionName(tx, principal.regionId);
  const enqueue = () => enqueueNow(tx, name, { principalId }, jobKey);
  return { kind: "job", projectId: principal.projectId, keyId: null, region, accessKeyId: undefined, enqueue };
}

async function readRegionName(tx: Transaction, id: string): Promise<string> {
  return (await tx.region.findUniqueOrThrow({ where: { id }, select: { name: true } })).name;
}

async function readAccessKeyId(tx: Transaction, id: string | null): Promise<string | undefined> {
  if (id === null) return undefined;
  return (await tx.accessKey.findUniqueOrThrow({ where: { id }, select: { accessKeyId: true } })).accessKeyId;
}
