import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deleteKey } from "@/lib/access-keys/revoke/delete";
import { resumePrincipal } from "@/lib/access-keys/repair/resume";
import { revokeKey, startRevocation } from "@/lib/access-keys/revoke/revoke";
import { startTestDatabase } from "@/testing/database/test-database";
import { authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { ProviderError, type ProviderFailure } from "@/lib/providers/errors";
import type { Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import { decideEnd, makeKey, requestKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

const BOUND_MS = 300_000;
let storage: Storage;
let scope: ProjectScope;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());
beforeEach(async () => {
  const mia = await makeUser(db, `Mia ${crypto.randomUUID()}`);
  scope = await authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
});

/** A key whose end is decided, on a storage system that caches keys and whose way to suspend fails. */
async function decide(failure: ProviderFailure = "unavailable") {
  const { change } = await makeKey(scope, "north");
  await decideEnd(scope, "north");
  const include = { principal: true, region: true };
  const key = await db.accessKey.findUniqueOrThrow({ where: { id: change.keyId }, include });
  const real = openProvider(key.region);
  const provider: Provider = {
    ...real,
    capabilities: { ...real.capabilities, suspends: true, revocationBoundMs: BOUND_MS },
    suspendPrincipal: () => Promise.reject(new ProviderError(failure, "not now")),
    resumePrincipal: () => Promise.resolve(),
  };
  return { key, provider };
}
const suspendedUntil = async (id: string) => (await db.principal.findUniqueOrThrow({ where: { id } })).suspendedUntil;
const suspend = (id: string, until: Date) => db.principal.update({ where: { id }, data: { suspendedUntil: until } });

test("a suspension that another process wrote after the key was read is not forgotten", async () => {
  const { key, provider } = await decide();
  await suspend(key.principalId, new Date(Date.now() + BOUND_MS));
  await deleteKey(provider, key);
  expect(await suspendedUntil(key.principalId)).toBeInstanceOf(Date);
});

test("a suspension outlasts the bound of the last removal, whichever attempt began it", async () => {
  const { key, provider } = await decide();
  await suspend(key.principalId, new Date(Date.now() + 62_000));
  const removed = await deleteKey(provider, key);
  const removedAt = removed?.removedAt.getTime() ?? 0;
  expect((await suspendedUntil(key.principalId))?.getTime()).toBeGreaterThanOrEqual(removedAt + BOUND_MS);
  expect(removedAt).toBeGreaterThan(0);
});

test("a later end of a suspension is not replaced by an earlier one", async () => {
  const { key, provider } = await decide();
  const later = new Date(Date.now() + 10 * BOUND_MS);
  await suspend(key.principalId, later);
  await deleteKey(provider, key);
  expect(await suspendedUntil(key.principalId)).toEqual(later);
});

test("where nothing was stopped, because of keys from elsewhere, enable need not wait", async () => {
  const { key, provider } = await decide("conflict");
  await deleteKey(provider, key);
  expect(await suspendedUntil(key.principalId)).toBeNull();
});

test("a key whose secret cannot be read to measure its end is removed all the same", async () => {
  const { key, provider } = await decide();
  const unread: Provider = {
    ...provider,
    readSecret: () => Promise.reject(new ProviderError("invalid", "it holds no secret")),
  };
  expect(await deleteKey(unread, { ...key, region: { ...key.region, calibration: null } })).toMatchObject({
    secret: undefined,
  });
  expect(await storage.readKeyIds("north", key.principal.externalId)).toEqual([]);
});

test("a key that somebody else removed before its turn came is left alone", async () => {
  await makeKey(scope, "north");
  await requestKey(scope, "north", "REGENERATE");
  const { revoking } = await decideEnd(scope, "north");
  expect(revoking).toHaveLength(2);
  for (const keyId of revoking) await revokeKey(keyId);
  const readFence = async () => (await db.principal.findFirstOrThrow({ where: { projectId: scope.projectId } })).fence;
  const before = await readFence();
  await startRevocation(revoking);
  expect(await readFence()).toBe(before);
});

test("a principal is not resumed, nor a key made, while one that was stopped waits for its removal", async () => {
  const { key } = await decide();
  await suspend(key.principalId, new Date(Date.now() - 60_000));
  await expect(resumePrincipal(key.principalId)).rejects.toThrow("still suspended");
  expect(await requestKey(scope, "north")).toMatchObject({ ok: false, reason: "suspended" });
  await revokeKey(key.id);
  const resume = () =>
    resumePrincipal(key.principalId).then(
      () => suspendedUntil(key.principalId),
      () => "suspended",
    );
  await expect.poll(resume, { timeout: 30_000 }).toBeNull();
});
