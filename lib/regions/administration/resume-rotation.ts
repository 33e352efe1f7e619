import { randomUUID } from "node:crypto";
import { type AuditActor, recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { parseMasterKey, seal } from "@/lib/platform/crypto/seal";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { env } from "@/lib/platform/env";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Provider } from "@/lib/providers/provider";
import { openRotation, sealRotation } from "@/lib/regions/administration/read-rotation";
import { credentialsContext, openCredentials, openProvider } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

/** All calls of one process that is at work on a rotation, together. Milliseconds. */
const CALLS_WITHIN_MS = 60_000;
/** So long a process has a rotation for itself. Longer than its calls, so that another one begins when they have ended. */
const CLAIM_MS = 2 * CALLS_WITHIN_MS;
/** A request without an answer may still be carried out within this time. Milliseconds. */
const LATE_WITHIN_MS = 10 * 60_000;

/** The end of a claim that begins now, by the clock of the database. */
export async function readClaimEnd(tx: Transaction): Promise<Date> {
  return new Date((await readDatabaseClock(tx)).getTime() + CLAIM_MS);
}

/** For all calls of one process that is at work on a rotation. */
export const createContext = (): CallContext => ({
  signal: AbortSignal.timeout(CALLS_WITHIN_MS),
  requestId: randomUUID(),
});

/**
 * Saves new credentials in place of the former ones, which are kept until they are ended. `claimed` is the region as its
 * claim left it; gives the region as it is now. Throws CONFLICT when the region was changed, or another process has taken
 * the rotation over.
 */
export async function saveMade(claimed: Region, actor: AuditActor, made: Secret, former: Secret): Promise<Region> {
  const { id, name } = claimed;
  const { plannedAt } = openRotation(claimed);
  const sealed = seal(made.reveal(), parseMasterKey(env.LATCHKEY_MASTER_KEY), credentialsContext(id));
  return withTransaction(async (tx) => {
    if (!(await holdsClaim(tx, claimed)))
      throw new AppError("CONFLICT", "the region was changed during the rotation of its credentials");
    const sealedRotation = sealRotation(id, { phase: "ending", secret: former.reveal(), plannedAt });
    const data = { sealedCredentials: Uint8Array.from(sealed), sealedRotation };
    await recordEvent(tx, { event: "region.rotated", outcome: "done", actor, data: { name } });
    return tx.region.update({ where: { id }, data });
  });
}

/** Ends the former credentials, proves that they are refused, and closes the rotation. Throws `ProviderError`. */
export async function endFormer(
  claimed: Region,
  provider: Provider,
  former: Secret,
  actor: AuditActor,
  context: CallContext,
): Promise<void> {
  await noteProblem(claimed, async () => provider.endCredentials?.(former, context));
  await close(claimed, actor, "region.former-ended");
}

/** Runs a part of a rotation. Writes down on the region why it failed, and throws it. */
async function noteProblem<T>(claimed: Region, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProviderError) {
      const where = { id: claimed.id, sealedRotation: claimed.sealedRotation };
      await db.region.updateMany({ where, data: { rotationError: error.message } });
    }
    throw error;
  }
}

/**
 * Undoes or finishes a rotation that was interrupted. Does nothing while another process may be at work on it. Throws
 * `ProviderError`, and leaves the rotation open then.
 */
export async function resumeRotation(regionId: string): Promise<void> {
  const claimed = await claimOpen(regionId);
  if (claimed) await settle(claimed, { sure: false });
}

/**
 * The same for the process that has begun the rotation and failed. `sure`: every request was answered, so none is carried
 * out later. Does nothing when another process has taken the rotation over.
 */
export async function giveUpRotation(claimed: Region, { sure }: { sure: boolean }): Promise<void> {
  if (await withTransaction((tx) => holdsClaim(tx, claimed))) await settle(claimed, { sure });
}

/** Undoes or finishes the interrupted rotations of all regions. What fails is tried again the next time. */
export async function resumeRotations(): Promise<void> {
  const open = await db.region.findMany({ where: { sealedRotation: { not: null } }, select: { id: true, name: true } });
  await Promise.all(
    open.map(({ id, name }) =>
      resumeRotation(id).catch((error: unknown) =>
        logger.warn({ err: error, region: name }, "a rotation of credentials could not be settled"),
      ),
    ),
  );
}

async function claimOpen(regionId: string): Promise<Region | undefined> {
  return withTransaction(async (tx) => {
    await lockRow(tx, "regions", regionId, "update");
    const region = await tx.region.findUnique({ where: { id: regionId } });
    const now = await readDatabaseClock(tx);
    if (!region?.sealedRotation || (region.rotatingUntil && region.rotatingUntil > now)) return undefined;
    return tx.region.update({ where: { id: regionId }, data: { rotatingUntil: await readClaimEnd(tx) } });
  });
}

/** Locks the region until the transaction ends. False when it was changed, or another process has its rotation. */
async function holdsClaim(tx: Transaction, claimed: Region): Promise<boolean> {
  await lockRow(tx, "regions", claimed.id, "update");
  const now = await tx.region.findUnique({ where: { id: claimed.id } });
  const isSame = (one: Uint8Array | null | undefined, other: Uint8Array | null) =>
    Buffer.from(one ?? []).equals(Buffer.from(other ?? []));
  return (
    now?.rotatingUntil?.getTime() === claimed.rotatingUntil?.getTime() &&
    isSame(now?.sealedRotation, claimed.sealedRotation) &&
    isSame(now?.sealedCredentials, claimed.sealedCredentials)
  );
}

async function settle(claimed: Region, { sure }: { sure: boolean }): Promise<void> {
  const { phase, secret, plannedAt } = openRotation(claimed);
  const provider = openProvider(claimed);
  const context = createContext();
  if (phase === "ending") return endFormer(claimed, provider, new Secret(secret), SYSTEM_ACTOR, context);
  const counts = await noteProblem(claimed, async () => provider.settleCredentials?.(new Secret(secret), context));
  if (counts) {
    const former = openCredentials(claimed);
    const saved = await saveMade(claimed, SYSTEM_ACTOR, counts, former);
    return endFormer(saved, openProvider(saved), former, SYSTEM_ACTOR, context);
  }
  const ageMs = (await readDatabaseClock(db)).getTime() - Date.parse(plannedAt);
  if (sure || ageMs > LATE_WITHIN_MS) return close(claimed, SYSTEM_ACTOR, "region.rotation-undone");
  // The worker undoes it again in its next round, in case that a request arrived late.
  const where = { id: claimed.id, rotatingUntil: claimed.rotatingUntil };
  await db.region.updateMany({ where, data: { rotatingUntil: null } });
}

async function close(
  claimed: Region,
  actor: AuditActor,
  event: "region.former-ended" | "region.rotation-undone",
): Promise<void> {
  const { id, name } = claimed;
  await withTransaction(async (tx) => {
    if (!(await holdsClaim(tx, claimed)))
      throw new AppError("CONFLICT", "another process has taken over the rotation of the credentials");
    await tx.region.update({ where: { id }, data: { sealedRotation: null, rotatingUntil: null, rotationError: null } });
    await recordEvent(tx, { event, outcome: "done", actor, data: { name } });
  });
}
