import { randomUUID } from "node:crypto";
import { z } from "zod";
import { type AuditActor, recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { openSealed } from "@/lib/platform/crypto/master-keys";
import { parseMasterKey, seal } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { env } from "@/lib/platform/env";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import type { Provider } from "@/lib/providers/provider";
import { credentialsContext, openCredentials, openProvider, rotationContext } from "@/lib/regions/data";
import type { Region } from "@/prisma/generated/client";

/**
 * What is open of a rotation. `making`: the secret is the plan, and the present credentials count. `ending`: the secret is
 * the former credentials, and the present ones are the new.
 */
const rotationSchema = z.strictObject({ phase: z.enum(["making", "ending"]), secret: z.string() });
type Rotation = z.infer<typeof rotationSchema>;

/** What is open of a rotation, sealed for its region. */
export function sealRotation(regionId: string, rotation: Rotation): Uint8Array<ArrayBuffer> {
  const key = parseMasterKey(env.LATCHKEY_MASTER_KEY);
  return Uint8Array.from(seal(JSON.stringify(rotation), key, rotationContext(regionId)));
}

/** Saves new credentials in place of the former ones, which are kept until they are ended. Throws CONFLICT. */
export async function saveMade(region: Region, actor: AuditActor, made: Secret, former: Secret): Promise<void> {
  const { id, name } = region;
  const sealed = seal(made.reveal(), parseMasterKey(env.LATCHKEY_MASTER_KEY), credentialsContext(id));
  await withTransaction(async (tx) => {
    await lockRow(tx, "regions", id, "update");
    const now = await tx.region.findUniqueOrThrow({ where: { id } });
    const isOurs = [
      [now.sealedRotation, region.sealedRotation],
      [now.sealedCredentials, region.sealedCredentials],
    ].every(([one, other]) => Buffer.from(one ?? []).equals(Buffer.from(other ?? [])));
    if (!isOurs) throw new AppError("CONFLICT", "the region was changed during the rotation of its credentials");
    const sealedRotation = sealRotation(id, { phase: "ending", secret: former.reveal() });
    await tx.region.update({ where: { id }, data: { sealedCredentials: Uint8Array.from(sealed), sealedRotation } });
    await recordEvent(tx, { event: "region.rotated", outcome: "done", actor, data: { name } });
  });
}

/** Ends the former credentials, proves that they are refused, and closes the rotation. Throws `ProviderError`. */
export async function endFormer(
  region: Pick<Region, "id" | "name">,
  provider: Provider,
  former: Secret,
  actor: AuditActor,
): Promise<void> {
  await provider.endCredentials?.(former, createContext());
  await close(region, actor, "region.former-ended");
}

/**
 * Undoes or finishes a rotation that was interrupted. Does nothing while another process may be at it, unless the caller
 * is the one (`own`). Throws `ProviderError`, and leaves the rotation open then.
 */
export async function resumeRotation(region: Region, own = false): Promise<void> {
  const now = await readDatabaseClock(db);
  const current = await db.region.findUnique({ where: { id: region.id } });
  if (!current?.sealedRotation || (!own && current.rotatingUntil && current.rotatingUntil > now)) return;
  const { phase, secret } = openRotation(current);
  const provider = openProvider(current);
  if (phase === "ending") return endFormer(current, provider, new Secret(secret), SYSTEM_ACTOR);
  const counts = await provider.settleCredentials?.(new Secret(secret), createContext());
  if (!counts) return close(current, SYSTEM_ACTOR, "region.rotation-undone");
  const former = openCredentials(current);
  await saveMade(current, SYSTEM_ACTOR, counts, former);
  const saved = await db.region.findUniqueOrThrow({ where: { id: region.id } });
  await endFormer(saved, openProvider(saved), former, SYSTEM_ACTOR);
}

/** Undoes or finishes the interrupted rotations of all regions. What fails is tried again the next time. */
export async function resumeRotations(): Promise<void> {
  for (const region of await db.region.findMany({ where: { sealedRotation: { not: null } } }))
    await resumeRotation(region).catch((error: unknown) =>
      logger.warn({ err: error, region: region.name }, "a rotation of credentials could not be settled"),
    );
}

function openRotation(region: Region): Rotation {
  try {
    const text = openSealed(Buffer.from(region.sealedRotation ?? []), rotationContext(region.id));
    return rotationSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new ProviderError("invalid", `the rotation of region "${region.name}" cannot be opened`, { cause: error });
  }
}

async function close(
  { id, name }: Pick<Region, "id" | "name">,
  actor: AuditActor,
  event: "region.former-ended" | "region.rotation-undone",
): Promise<void> {
  await withTransaction(async (tx) => {
    await lockRow(tx, "regions", id, "update");
    await tx.region.update({ where: { id }, data: { sealedRotation: null, rotatingUntil: null } });
    await recordEvent(tx, { event, outcome: "done", actor, data: { name } });
  });
}

const CALLS_WITHIN_MS = 30_000;
const createContext = () => ({ signal: AbortSignal.timeout(CALLS_WITHIN_MS), requestId: randomUUID() });
