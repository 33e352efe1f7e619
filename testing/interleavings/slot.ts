import { randomUUID } from "node:crypto";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { hasPassed } from "@/lib/access-keys/lifecycle/rules";
import { CURRENT_STATES, DEFAULT_SLOT } from "@/lib/access-keys/rules";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { isOverdue, OPEN_STATES } from "@/lib/operations/rules";
import { db } from "@/lib/platform/db/client";
import { Secret } from "@/lib/platform/secret";
import { ensurePrincipal } from "@/lib/principals/data";
import { probeS3 } from "@/lib/providers/probe";
import type { AccessKey, Operation, Principal } from "@/prisma/generated/client";
import type { Issued } from "@/testing/factories/keys";
import { makeProject } from "@/testing/factories/people";
import type { Storage } from "@/testing/factories/storage";

export const REGION = "north";

/** The default slot of a project of its own, while random things happen to it. */
export interface Slot {
  storage: Storage;
  scope: ProjectScope;
  principal: Principal;
  /** The secrets that reached somebody, by access key id. */
  secrets: Map<string, Secret>;
  /** What was sent to a browser and may still be acknowledged. */
  sent: Issued | undefined;
  /** Whether the last thing that somebody wanted, or that a date brought, leaves access. */
  isWanted: boolean;
}

/** What stands in the database about a slot. */
export interface Situation {
  keys: AccessKey[];
  current: AccessKey | undefined;
  retiring: AccessKey | undefined;
  revoking: AccessKey[];
  open: Operation[];
  /** Whether something was sent to a browser and may still be acknowledged. */
  isSent: boolean;
  now: Date;
}

/** A slot without keys, of a new project. */
export async function makeSlot(storage: Storage, mia: Actor): Promise<Slot> {
  const { slug } = await makeProject(db, [[mia, "member+"]]);
  const scope = await authorizeProject(mia, slug, "keys:issue");
  const region = await db.region.findUniqueOrThrow({ where: { name: REGION } });
  const principal = await ensurePrincipal(scope.projectId, region.id);
  return { storage, scope, principal, secrets: new Map(), sent: undefined, isWanted: false };
}

export async function readSituation({ principal, sent }: Slot): Promise<Situation> {
  const where = { principalId: principal.id, slot: DEFAULT_SLOT };
  const keys = await db.accessKey.findMany({ where, orderBy: { createdAt: "asc" } });
  const open = await db.operation.findMany({ where: { ...where, state: { in: [...OPEN_STATES] } } });
  return {
    keys,
    current: keys.find(({ state }) => CURRENT_STATES.includes(state)),
    retiring: keys.find(({ state }) => state === "RETIRING"),
    revoking: keys.filter(({ state }) => state === "REVOKING"),
    open,
    isSent: sent !== undefined,
    now: new Date(),
  };
}

/** The keys that the portal calls working: the current one before its date, and the old one before its time. */
export function listWorking({ keys, now }: Situation): AccessKey[] {
  return keys.filter(
    ({ state, expiresAt, retiresAt }) =>
      (state === "ACTIVE" && !hasPassed(expiresAt, now)) || (state === "RETIRING" && !hasPassed(retiresAt, now)),
  );
}

/** The open operations that nobody is at work on any more. */
export function listOverdue({ open, now }: Situation): Operation[] {
  return open.filter((operation) => isOverdue(operation, now));
}

/** What the gateway answers to a key; to one whose secret reached nobody, with another secret. */
export async function askGateway({ storage, secrets }: Slot, accessKeyId: string): Promise<string> {
  const gateway = storage.regions.find(({ name }) => name === REGION);
  if (!gateway) throw new Error(`there is no region ${REGION}`);
  const secret = secrets.get(accessKeyId) ?? new Secret(randomText(40, ALPHANUMERIC));
  const context = { signal: AbortSignal.timeout(10_000), requestId: randomUUID() };
  return probeS3(gateway, gateway.signingRegion, accessKeyId, secret, context);
}
