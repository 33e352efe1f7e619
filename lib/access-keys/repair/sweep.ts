import "server-only";
import { isOwnAccessKeyId } from "@/lib/access-key-ids/rules";
import { CURRENT_STATES, ENDED_STATES } from "@/lib/access-keys/rules";
import type { AuditEventName } from "@/lib/audit/events";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { readMarker } from "@/lib/installation/data";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { type Lease, withLease } from "@/lib/principals/mutations";
import type { CallContext, KeyView } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import type { Principal, Region } from "@/prisma/generated/client";

type DriftEvent = Extract<AuditEventName, "key.late-removed" | "key.unknown-found" | "key.missing-found">;

/** How long after its end a key's id is still looked for on the storage system: a timed-out write may land late. */
export const TOMBSTONE_DAYS = 30;

/**
 * Compares a principal's keys on the storage system with ours. A key that has ended and is there again is removed.
 * A key with our mark that we do not know is reported and left alone: a restored database backup looks like that.
 * A current key that is missing is reported. Throws UNAVAILABLE while another holds the lease.
 */
export async function sweepPrincipal(principalId: string): Promise<void> {
  const principal = await db.principal.findUnique({ where: { id: principalId }, include: { region: true } });
  if (!principal) return;
  const result = await withLease(
    principalId,
    "Latchkey",
    { begin: async () => ({ ok: true as const, begun: principal }) },
    async (lease) => {
      await sweepUnderLease(principal, lease);
      return { ok: true as const };
    },
  );
  if (!result.ok) throw new AppError("UNAVAILABLE", "another change holds the lease");
}

async function sweepUnderLease(principal: Principal & { region: Region }, lease: Lease): Promise<void> {
  const provider = openProvider(principal.region);
  const context: CallContext = { signal: lease.signal, requestId: principal.id };
  const views = await provider.listKeys(principal.externalId, context);
  for (const key of await compare(principal, views)) {
    if (!(await lease.isHeld())) return;
    await provider.removeKey({ principal: principal.externalId, accessKeyId: key.accessKeyId }, context);
    await report(principal, "key.late-removed", key.accessKeyId, key.id);
  }
}

/** Reports what differs, and gives the ended keys that are there again. */
async function compare(
  principal: Principal & { region: Region },
  views: KeyView[],
): Promise<{ id: string; accessKeyId: string }[]> {
  const listed = new Set(views.map((view) => view.accessKeyId));
  const known = await db.accessKey.findMany({
    where: {
      principalId: principal.id,
      OR: [{ accessKeyId: { in: [...listed] } }, { state: { in: [...CURRENT_STATES] } }],
    },
    select: { id: true, accessKeyId: true, state: true },
  });
  const marker = await readMarker();
  const knownIds = new Set(known.map((key) => key.accessKeyId));
  for (const view of views) {
    const ours = view.tag !== undefined || isOwnAccessKeyId(view.accessKeyId, marker);
    if (ours && !knownIds.has(view.accessKeyId)) await reportOnce(principal, "key.unknown-found", view.accessKeyId);
  }
  for (const key of known) {
    const missing = CURRENT_STATES.includes(key.state) && !listed.has(key.accessKeyId);
    if (missing) await reportOnce(principal, "key.missing-found", key.accessKeyId, key.id);
  }
  return known.filter((key) => ENDED_STATES.includes(key.state) && listed.has(key.accessKeyId));
}

async function reportOnce(
  principal: Principal & { region: Region },
  event: DriftEvent,
  accessKeyId: string,
  keyId?: string,
): Promise<void> {
  const told = await db.auditEvent.findFirst({
    where: { event, projectId: principal.projectId, data: { path: ["accessKeyId"], equals: accessKeyId } },
    select: { id: true },
  });
  if (!told) await report(principal, event, accessKeyId, keyId);
}

async function report(
  principal: Principal & { region: Region },
  event: DriftEvent,
  accessKeyId: string,
  keyId?: string,
): Promise<void> {
  logger.warn({ event, accessKeyId, region: principal.region.name }, "the storage system and the portal differ");
  await withTransaction((tx) =>
    recordEvent(tx, {
      event,
      outcome: "done",
      actor: SYSTEM_ACTOR,
      projectId: principal.projectId,
      keyId,
      data: { region: principal.region.name, accessKeyId },
    }),
  );
}
