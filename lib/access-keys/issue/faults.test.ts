import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Fault } from "@/testing/proxies/fault-proxy";
import { loadCards } from "@/lib/access-keys/loaders/cards";
import { commitBeforeReply } from "@/lib/access-keys/issue/deliver";
import { issueKey } from "@/lib/access-keys/issue/issue-key";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import { settleOperation } from "@/lib/access-keys/repair/undo";
import { startTestDatabase } from "@/testing/database/test-database";
import { authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { probeS3 } from "@/lib/providers/probe";
import { decideEnd, type Issued, makeKey, requestKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";

let storage: Storage;
beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());

const openProject = async (): Promise<ProjectScope> => {
  const mia = await makeUser(db, `Mia ${randomUUID()}`);
  return authorizeProject(mia, (await makeProject(db, [[mia, "member+"]])).slug, "keys:issue");
};
const works = async ({ change, secret }: Issued): Promise<boolean> => {
  const north = storage.regions.find(({ name }) => name === "north") ?? never();
  const context = { signal: AbortSignal.timeout(5_000), requestId: randomUUID() };
  return (await probeS3(north, north.signingRegion, change.accessKeyId, secret, context)) === "accepted";
};
const readIds = (key: Issued) => storage.readKeyIds("north", key.change.principal.externalId);
const cardOf = async (scope: ProjectScope) =>
  (await loadCards(scope)).find((card) => card.region.name === "north") ?? never();

const STEPS = {
  "makes the principal": (method, path) => method === "PUT" && !path.includes("/keys/"),
  "makes the key": (method, path) => method === "PUT" && path.includes("/keys/"),
} satisfies Record<string, Fault["match"]>;
const { "makes the key": keyStep } = STEPS;
const REMOVAL_STEPS = {
  "switches the key off": (method) => method === "PATCH",
  "removes the key": (method) => method === "DELETE",
  "lists the keys": (method) => method === "GET",
} satisfies Record<string, Fault["match"]>;
const FAULTS: Pick<Fault, "when" | "what">[] = (["drop", "half", "garbage", "error", "refuse"] as const).flatMap(
  (what) => [
    { when: "before", what },
    { when: "after", what },
  ],
);
const cross = <T extends string>(steps: Record<T, Fault["match"]>) =>
  (Object.keys(steps) as T[]).flatMap((step) =>
    FAULTS.map((fault) => [step, fault.when, fault.what, steps[step]] as const),
  );

describe("a regenerate tells what changed and what works, and so does the card after it", () => {
  test.each(cross({ "makes the key": keyStep }))(
    "when the storage system %s, and a fault %s it: %s",
    async (_step, when, what, match) => {
      const scope = await openProject();
      const old = await makeKey(scope, "north");
      const injected = storage.admin.inject({ match, when, what, times: 1 });
      const outcome = await requestKey(scope, "north", "REGENERATE");
      await injected.reached;
      injected.release();
      if (outcome.ok) throw new Error("a fault at this step cannot end well");
      expect(await works(old)).toBe(true);
      expect(outcome.message).toContain("Your current keys still work.");
      expect(await cardOf(scope)).toMatchObject({ state: "ACTIVE", key: { accessKeyId: old.change.accessKeyId } });
      const unchanged = outcome.message.includes("Nothing was changed");
      expect(unchanged ? await readIds(old) : [old.change.accessKeyId]).toEqual([old.change.accessKeyId]);
      await expectUndone(scope, old);
    },
  );

  test("when not even the undo is answered, it says that something is being removed", async () => {
    const scope = await openProject();
    const old = await makeKey(scope, "north");
    const lost = storage.admin.inject({ match: keyStep, when: "after", what: "half" });
    const stuck = storage.admin.inject({
      match: (method) => method === "DELETE" || method === "GET",
      when: "before",
      what: "half",
    });
    const outcome = await requestKey(scope, "north", "REGENERATE");
    expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining("is being removed") });
    expect(await readIds(old)).toHaveLength(2);
    expect((await cardOf(scope)).change).toMatchObject({ kind: "REGENERATE", step: "undoing" });
    lost.release();
    stuck.release();
    await expectUndone(scope, old);
  });
});

test("the old key is measured as its region is by then: a gateway may have come to it while the new one was made", async () => {
  const scope = await openProject();
  const old = await makeKey(scope, "north");
  const held = storage.admin.inject({ match: keyStep, when: "after", what: "hold", times: 1 });
  const request = {
    kind: "REGENERATE" as const,
    scope,
    region: "north",
    slot: DEFAULT_SLOT,
    access: "FULL" as const,
    requestId: randomUUID(),
    expiresAt: null,
    overlapSeconds: null,
  };
  const issuing = issueKey(request, commitBeforeReply);
  await held.reached;
  const { gateways } = old.change.region;
  const change = (to: string[]) => db.region.update({ where: { name: "north" }, data: { gateways: to } });
  await change([...gateways, "http://127.0.0.1:9"]);
  held.release();
  expect(await issuing).toMatchObject({ revoking: [old.change.keyId] });
  await expect(revokeKey(old.change.keyId).finally(() => change(gateways))).rejects.toThrow(
    "not every gateway refuses",
  );
  const receipts = await db.receipt.findMany({ where: { keyId: old.change.keyId }, orderBy: { gateway: "asc" } });
  expect(receipts.map(({ endpoint }) => endpoint)).toEqual([...gateways, "http://127.0.0.1:9"]);
});

async function expectUndone(scope: ProjectScope, old: Issued): Promise<void> {
  const open = await db.operation.findMany({
    where: { projectId: scope.projectId, state: { in: ["PENDING", "UNDOING"] } },
  });
  for (const { id } of open) expect(await settleOperation(id)).toBe("settled");
  expect(await readIds(old)).toEqual([old.change.accessKeyId]);
  expect(await works(old)).toBe(true);
  expect(await cardOf(scope)).toMatchObject({
    change: null,
    notice: expect.stringContaining("was undone. The keys shown here still work."),
  });
}

describe("an enable that fails leaves nothing, and says so", () => {
  test.each(cross(STEPS))("when the storage system %s, and a fault %s it: %s", async (_step, when, what, match) => {
    const scope = await openProject();
    const injected = storage.admin.inject({ match, when, what, times: 1 });
    const outcome = await requestKey(scope, "north");
    await injected.reached;
    injected.release();
    if (outcome.ok) throw new Error("a fault at this step cannot end well");
    const ids = () => storage.readKeyIds("north", `lk-${scope.projectId}`);
    expect(outcome.message.includes("Nothing was changed") ? await ids() : []).toEqual([]);
    const open = await db.operation.findMany({
      where: { projectId: scope.projectId, state: { in: ["PENDING", "UNDOING"] } },
    });
    for (const { id } of open) expect(await settleOperation(id)).toBe("settled");
    expect(await ids()).toEqual([]);
    expect(await cardOf(scope)).toMatchObject({
      state: "NOT CONFIGURED",
      change: null,
      notice: "The last change was not completed and was undone.",
    });
    await makeKey(scope, "north");
  });
});

describe("no key is called removed that may work", () => {
  test.each(cross(REMOVAL_STEPS))(
    "when the storage system %s, and a fault %s it: %s",
    async (_step, when, what, match) => {
      const scope = await openProject();
      const key = await makeKey(scope, "north");
      const injected = storage.admin.inject({ match, when, what });
      await decideEnd(scope, "north");
      await expect(revokeKey(key.change.keyId)).rejects.toMatchObject({ code: "UNAVAILABLE" });
      expect((await cardOf(scope)).state).toBe("REVOKING");
      expect((await cardOf(scope)).receipts).toEqual([]);
      injected.release();
      await revokeKey(key.change.keyId);
      expect(await works(key)).toBe(false);
      expect(await cardOf(scope)).toMatchObject({
        state: "DISABLED",
        receipts: [{ firstRefusedAt: expect.any(String) }],
      });
    },
  );
});

function never(): never {
  throw new Error("there is no region north");
}
