import { expect, test } from "@playwright/test";
import type { IssueResult } from "../fixtures/portal-client";
import type { PortalAnswer } from "../fixtures/portal-answer";
import { type OwnPortal, startOwnPortal } from "../fixtures/own-portal";
import { addFaultyRegion, type FaultyStorage } from "../fixtures/faulty-storage";
import { waitFor } from "@/testing/wait";
import type { Injection } from "@/testing/proxies/fault-proxy";
import { createPeople, type SignedInPerson } from "../fixtures/people";
import { readWebEnvironment, type SecondWeb, startSecondWeb } from "../fixtures/second-web";
import type { AccessKey } from "../fixtures/access-key";
import { askGateway } from "../fixtures/ask-gateway";
import { withDatabase } from "../fixtures/database";

/** The rate limit of one user bounds the number of rounds; it does not bound the number of users. */
const ROUNDS = 10;
const PEOPLE = 20;
const SLOT = { project: "busy", region: "faulty" };
const SETTLED_SECONDS = 360;

test.describe.configure({ mode: "serial" });

let portal: OwnPortal;
let second: SecondWeb;
let storage: FaultyStorage;
let people: SignedInPerson[];
let webs: string[];

test.beforeAll(async () => {
  portal = await startOwnPortal();
  storage = await addFaultyRegion(portal.facts);
  second = await startSecondWeb(portal);
  webs = [portal.facts.url, second.url];
  const { DATABASE_URL = "" } = await readWebEnvironment(portal);
  const memberships = Array.from({ length: PEOPLE }, () => [SLOT.project]);
  people = await withDatabase(DATABASE_URL, (client) => createPeople(client, portal.facts, memberships));
});
test.afterAll(async () => {
  // After a failure in beforeAll, some parts were not started.
  const started: ({ stop: () => Promise<void> } | undefined)[] = [second, storage, portal];
  for (const part of started) await part?.stop();
});

const webOf = (index: number) => ({ at: webs[index % webs.length] ?? portal.facts.url });
const works = async (key: AccessKey) => (await askGateway(storage.endpoint, "faulty-1", key)) === "accepted";
const listIds = async () => (await storage.readKeyIds()).sort();

function personAt(index: number): SignedInPerson {
  const person = people[index % PEOPLE];
  if (!person) throw new Error("there are no people");
  return person;
}

function issuedOf(answer: PortalAnswer<IssueResult>) {
  return answer.kind === "data" && answer.data.ok && answer.data.outcome === "issued" ? answer.data : undefined;
}

test("of twenty users who regenerate at the same time through two web processes, one wins and the others are told", async () => {
  const enabled = issuedOf(await personAt(0).client.enable(SLOT));
  if (!enabled) throw new Error("the access was not enabled");
  await personAt(0).client.acknowledge({ project: SLOT.project, operationId: enabled.operationId });
  let current: AccessKey = enabled;
  for (let round = 0; round < ROUNDS; round += 1) {
    const answers = await Promise.all(people.map(({ client }, index) => client.regenerate(SLOT, webOf(index + round))));
    const winners = answers.flatMap((answer, index) => {
      const key = issuedOf(answer);
      return key ? [{ key, index }] : [];
    });
    expect(winners).toHaveLength(1);
    for (const answer of answers.filter((_answer, index) => index !== winners[0]?.index)) {
      expect(answer).toMatchObject({ kind: "data", data: { ok: false, reason: "busy" } });
      expect(JSON.stringify(answer)).toMatch(/Person \d+ is changing|Another change/);
    }
    const { key, index } = winners[0] ?? { key: enabled, index: 0 };
    expect(await works(current)).toBe(true);
    // Acknowledged twice at the same time, through both web processes, as a browser does that lost an answer.
    const delivery = { project: SLOT.project, operationId: key.operationId };
    const acknowledged = await Promise.all(webs.map((at) => personAt(index).client.acknowledge(delivery, { at })));
    expect(acknowledged).toEqual(webs.map(() => ({ kind: "data", data: { ok: true } })));
    await expect.poll(listIds, { timeout: SETTLED_SECONDS * 1_000 }).toEqual([key.accessKeyId]);
    expect(await works(key)).toBe(true);
    expect(await works(current)).toBe(false);
    current = key;
  }
});

test.describe("disable during a regenerate ends every key, at each step of the regenerate", () => {
  const points: [string, (of: FaultyStorage) => Injection][] = [
    ["before the key is created", ({ admin }) => hold(admin, "before", isKeyPut)],
    ["after the key was created, before the answer arrives", ({ admin }) => hold(admin, "after", isKeyPut)],
    ["while the key is verified", ({ gateway }) => hold(gateway, "before", () => true)],
  ];
  const isKeyPut = (method: string, path: string) => method === "PUT" && path.includes("/keys/");
  const hold = (
    proxy: FaultyStorage["admin"],
    when: "before" | "after",
    match: (method: string, path: string) => boolean,
  ) => proxy.inject({ match, when, what: "hold", times: 1 });

  for (const [index, [name, holdAt]] of points.entries()) {
    for (const [turn, order] of (["through the same web process", "through the other one"] as const).entries()) {
      test(`${name}, ${order}`, async () => {
        const { client } = personAt(index * 2 + turn);
        await enableFreshKey(client);
        const held = holdAt(storage);
        const regenerating = client.regenerate(SLOT, webOf(index));
        await held.reached;
        const disabled = await personAt(index * 2 + turn + 1).client.disable(SLOT, webOf(index + turn));
        expect(disabled).toMatchObject({ kind: "data", data: { ok: true, outcome: "revoking" } });
        held.release();
        expect(await regenerating).toMatchObject({ kind: "data", data: { ok: false, reason: "superseded" } });
        await expectNothingLives(client);
      });
    }
  }

  test("after the key was delivered, before it is acknowledged", async () => {
    const { client } = personAt(12);
    const former = await enableFreshKey(client);
    const key = issuedOf(await client.regenerate(SLOT));
    if (!key) throw new Error("no key was issued");
    expect(await client.disable(SLOT, webOf(1))).toMatchObject({ kind: "data", data: { ok: true } });
    const late = await client.acknowledge({ project: SLOT.project, operationId: key.operationId });
    expect(late).toMatchObject({ kind: "data", data: { ok: false, reason: "superseded" } });
    await expectNothingLives(client);
    for (const revoked of [former, key]) expect(await works(revoked)).toBe(false);
  });

  test("at the same time as the acknowledgement", async () => {
    for (let round = 0; round < 4; round += 1) {
      const { client } = personAt(13 + round);
      await enableFreshKey(client);
      const key = issuedOf(await client.regenerate(SLOT));
      if (!key) throw new Error("no key was issued");
      const delivery = { project: SLOT.project, operationId: key.operationId };
      await Promise.all([client.acknowledge(delivery, webOf(round)), client.disable(SLOT, webOf(round + 1))]);
      await expectNothingLives(client);
      expect(await works(key)).toBe(false);
    }
  });
});

async function enableFreshKey(client: SignedInPerson["client"]): Promise<AccessKey> {
  if ((await listIds()).length > 0) await client.disable(SLOT);
  const key = await waitFor("a free slot", async () => issuedOf(await client.enable(SLOT)));
  expect(await client.acknowledge({ project: SLOT.project, operationId: key.operationId })).toMatchObject({
    data: { ok: true },
  });
  return key;
}

async function expectNothingLives(client: SignedInPerson["client"]): Promise<void> {
  const readCard = async () => {
    const cards = await client.readCards(SLOT.project);
    return cards.kind === "data" ? cards.data.find(({ region }) => region.name === SLOT.region) : undefined;
  };
  await expect.poll(listIds, { timeout: SETTLED_SECONDS * 1_000 }).toEqual([]);
  await expect.poll(async () => (await readCard())?.state, { timeout: SETTLED_SECONDS * 1_000 }).toBe("DISABLED");
  expect(await readCard()).toMatchObject({ key: null, change: null });
}
