import "server-only";
import { isOwnAccessKeyId } from "@/lib/access-key-ids/rules";
import { type CurrentKey, listCurrentKeys } from "@/lib/access-keys/data";
import { noteFound, noteMissing } from "@/lib/access-keys/repair/note-missing";
import { ENDED_STATES, type KeyState } from "@/lib/access-keys/rules";
import type { AuditEventName } from "@/lib/audit/events";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { readMarker } from "@/lib/installation/data";
import { OPEN_STATES } from "@/lib/operations/rules";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { type Lease, withLease } from "@/lib/principals/mutations";
import type { KeyView } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import type { AccessKey, Principal, Region } from "@/prisma/generated/client";

type DriftEvent = Extract<AuditEventName, "key.late-removed" | "key.late-switched" | "key.unknown-found">;

/** How long after its end a key's id is still looked for on the storage system: a timed-out write may land late. */
export const TOMBSTONE_DAYS = 30;

/**
 * Compares a principal's keys on the storage system with ours. A key that was proved gone and is there again is removed.
 * A key that is to be switched off and is switched on is switched off.
 * A key with our mark that we do not know is reported and left alone: a restored database backup looks like that.
 * A current key that is missing, or is there again, is noted on the key. Throws UNAVAILABLE while another holds the lease.
 */
export async function sweepPrincipal(principalId: string): Promise<void> {
  const principal = await db.principal.findUnique({ where: { id: principalId }, include: { region: true } });
  if (!principal) return;
  const outcome = await withLease(
    principalId,
    "Latchkey",
    { begin: async () => ({ ok: true, write: async () => principal }) },
    sweepUnderLease,
  );
  if (outcome.lease !== "taken") throw new AppError("UNAVAILABLE", "another change holds the lease");
}

async function sweepUnderLease(lease: Lease, principal: Principal & { region: Region }): Promise<void> {
  const provider = openProvider(principal.region);
  const context = lease.callContext(principal.id);
  // Read before the listing, which may be old when it is here.
  const current = await listCurrentKeys([principal.id]);
  const views = await provider.listKeys(principal.externalId, context);
  const { returned, switchedOn, unknown, missing, found } = await compare(principal, views, current);
  for (const key of returned) {
    if (!(await lease.isHeld())) return;
    await provider.removeKey({ principal: principal.externalId, accessKeyId: key.accessKeyId }, context);
    await report(principal, "key.late-removed", key.accessKeyId, key.id);
  }
  for (const key of switchedOn) {
    if (!(await lease.isHeld())) return;
    const ref = { principal: principal.externalId, accessKeyId: key.accessKeyId };
    await provider.setKeyState?.(ref, "inactive", context);
    await report(principal, "key.late-switched", key.accessKeyId, key.id);
  }
  for (const accessKeyId of unknown) await reportOnce(principal, "key.unknown-found", accessKeyId);
  await noteMissing(principal.region.name, missing);
  await noteFound(principal.region.name, found);
}

interface Differences {
  /** Keys that were proved gone and are there again. */
  returned: Known[];
  /** Keys that are switched off by our word, and on by the storage system's: a write that timed out landed late. */
  switchedOn: Known[];
  /** Access key ids that bear our mark. */
  unknown: string[];
  /** Current keys that the storage system does not have. */
  missing: CurrentKey[];
  /** Keys that were missing, and are there. */
  found: CurrentKey[];
}

type Known = Pick<AccessKey, "id" | "accessKeyId" | "state" | "removedAt"> & { operations: { id: string }[] };

const SWITCHED_OFF: readonly KeyState[] = ["INACTIVE", "EXPIRED"];
/** A change that is not finished is carried out by its own job. */
const isSettled = ({ operations }: Known): boolean => operations.length === 0;

async function compare(principal: Principal, views: KeyView[], current: CurrentKey[]): Promise<Differences> {
  const listed = new Set(views.map((view) => view.accessKeyId));
  const known = await db.accessKey.findMany({
    where: { principalId: principal.id, accessKeyId: { in: [...listed] } },
    select: {
      id: true,
      accessKeyId: true,
      state: true,
      removedAt: true,
      operations: { where: { state: { in: [...OPEN_STATES] } }, select: { id: true } },
    },
  });
  const active = new Set(views.filter(({ state }) => state === "active").map(({ accessKeyId }) => accessKeyId));
  const marker = await readMarker();
  const knownIds = new Set(known.map((key) => key.accessKeyId));
  const isOurs = ({ tag, accessKeyId }: KeyView) => tag !== undefined || isOwnAccessKeyId(accessKeyId, marker);
  return {
    returned: known.filter(wasRemoved),
    switchedOn: known.filter(
      (key) => active.has(key.accessKeyId) && SWITCHED_OFF.includes(key.state) && isSettled(key),
    ),
    unknown: views.filter((view) => isOurs(view) && !knownIds.has(view.accessKeyId)).map((view) => view.accessKeyId),
    missing: current.filter((key) => !listed.has(key.accessKeyId)),
    found: current.filter((key) => listed.has(key.accessKeyId) && key.missingSince !== null),
  };
}

/** A REVOKING key stays one while a gateway is still measured; nothing else removes it a second time. */
function wasRemoved({ state, removedAt }: Known): boolean {
  return ENDED_STATES.includes(state) || (state === "REVOKING" && removedAt !== null);
}

async function reportOnce(
  principal: Principal & { region: Region },
  event: DriftEvent,
  accessKeyId: string,
): Promise<void> {
  const about = { data: { path: ["accessKeyId"], equals: accessKeyId } };
  const told = await db.auditEvent.findFirst({
    where: { event, projectId: principal.projectId, ...about },
    select: { id: true },
  });
  if (!told) await report(principal, event, accessKeyId);
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
