import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import type { IssueOutcome } from "@/lib/access-keys/issue/issue-key";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import { disableAccess, type DisableOutcome } from "@/lib/access-keys/revoke/disable";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { probeS3 } from "@/lib/providers/probe";
import { startTestDatabase } from "@/testing/database/test-database";
import { decideEnd, type Issued, makeKey, requestKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

/** What the tests of a key's life share. Every test gets a project of its own in the region `north`. */
export interface ProjectWithKeys {
  storage: Storage;
  /** A member+ of the project. */
  mia: Actor;
  /** An admin of the project. */
  max: Actor;
  /** The project as Mia sees it. */
  scope: ProjectScope;
  /** The principal's name on the storage system. */
  principal: string;
  enable: (as?: ProjectScope, requestId?: string) => Promise<IssueOutcome>;
  regenerate: (as?: ProjectScope, requestId?: string) => Promise<IssueOutcome>;
  disable: (as?: ProjectScope, requestId?: string) => Promise<DisableOutcome>;
  /** Enables, and acknowledges the secret. */
  makeKey: () => Promise<Issued>;
  /** Disables, and carries the end of the keys out. */
  disableFully: () => Promise<void>;
  /** The answer of the gateway to a request that the key signs. */
  ask: (issued: Pick<Issued, "change" | "secret">) => Promise<string>;
  /** The access key ids on the storage system, read past the portal. */
  readKeyIds: () => Promise<string[]>;
}

/** Starts a storage system for the test file, and makes a fresh project before each test. */
export function useProjectWithKeys(): ProjectWithKeys {
  const shared = {} as ProjectWithKeys;

  beforeAll(async () => {
    await startTestDatabase();
    shared.storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
    shared.mia = await makeUser(db, "Mia");
    shared.max = await makeUser(db, "Max");
  });
  afterAll(() => shared.storage.stop());

  beforeEach(async () => {
    const project = await makeProject(db, [
      [shared.mia, "member+"],
      [shared.max, "admin"],
    ]);
    shared.scope = await authorizeProject(shared.mia, project.slug, "keys:issue");
    shared.principal = `lk-${project.id}`;
  });

  shared.enable = (as = shared.scope, requestId = randomUUID()) => requestKey(as, "north", "ENABLE", requestId);
  shared.regenerate = (as = shared.scope, requestId = randomUUID()) => requestKey(as, "north", "REGENERATE", requestId);
  shared.disable = (as = shared.scope, requestId = randomUUID()) =>
    disableAccess({ scope: as, region: "north", slot: DEFAULT_SLOT, requestId });
  shared.makeKey = () => makeKey(shared.scope, "north");
  shared.disableFully = async () => startRevocation((await decideEnd(shared.scope, "north")).revoking);
  shared.readKeyIds = () => shared.storage.readKeyIds("north", shared.principal);
  shared.ask = ({ change, secret }) => {
    const north = shared.storage.regions.find(({ name }) => name === "north");
    if (!north) throw new Error("there is no region north");
    const context = { signal: AbortSignal.timeout(5_000), requestId: randomUUID() };
    return probeS3(north, north.signingRegion, change.accessKeyId, secret, context);
  };
  return shared;
}

/** The state of a key in the database. */
export async function stateOf(keyId: string): Promise<string> {
  return (await db.accessKey.findUniqueOrThrow({ where: { id: keyId } })).state;
}

/** As if the time that an operation and a lease may take had passed. */
export async function letTimePass(operationId: string): Promise<void> {
  const past = new Date(Date.now() - 1_000);
  const { principalId } = await db.operation.update({ where: { id: operationId }, data: { dueAt: past } });
  await db.principal.updateMany({ where: { id: principalId, leaseUntil: { not: null } }, data: { leaseUntil: past } });
}
