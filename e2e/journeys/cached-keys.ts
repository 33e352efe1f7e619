import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { createRandom, type Random } from "../chaos/random";
import { type ApiClient, connectWithToken } from "../fixtures/api-client";
import { runAdmin } from "../fixtures/admin";
import { askGateway } from "../fixtures/ask-gateway";
import { withDatabase } from "../fixtures/database";
import type { PortalFacts } from "../fixtures/portal";
import { readDatabaseUrl } from "../fixtures/portal-database";
import type { NewKey } from "../fixtures/portal-client";
import { SIGNING_REGION } from "../fixtures/rig-test";
import { expect } from "../fixtures/test";

const PROJECTS = 4;
const STEPS = 8;
const NAMES = [undefined, "backup host", "ci"] as const;
/** For how long the dead keys are asked again at the end. It is shorter than the cache's 300 s. */
const WATCH_MS = 12_000;

interface Sequence {
  client: ApiClient;
  place: { project: string; region: string };
  gateway: string;
  readGone: () => Promise<Set<string>>;
  /** Every pair that was delivered. */
  pairs: NewKey[];
}

/**
 * Random sequences with several keys of a project, at a gateway that keeps Keystone's answers for 300 s. Every new pair
 * is used at once, so that the gateway has it in its cache. A pair that the portal calls gone must never work again.
 */
export async function expectDeadKeysStayDead(portal: PortalFacts, region: string, gateway: string): Promise<void> {
  const seed = randomInt(2 ** 31);
  const databaseUrl = await readDatabaseUrl(portal);
  const readGone = () =>
    withDatabase(databaseUrl, async (database) => {
      const { rows } = await database.query<{ id: string }>(
        "SELECT access_key_id AS id FROM access_keys WHERE state IN ('REVOKED', 'FAILED')",
      );
      return new Set(rows.map(({ id }) => id));
    });
  const email = portal.users.find(({ role }) => role === "admin")?.email ?? "";
  const token = (await runAdmin(portal, ["token", "create", email, "--name", "sequences"])).trim();
  const client = connectWithToken(portal.url, token);
  const sequences: Sequence[] = [];
  for (let index = 0; index < PROJECTS; index += 1) {
    const project = `cached-${index}`;
    await runAdmin(portal, ["project", "create", project, "--name", project]);
    await runAdmin(portal, ["member", "set", project, email, "admin"]);
    sequences.push({ client, place: { project, region }, gateway, readGone, pairs: [] });
  }
  const random = createRandom(seed);
  await Promise.all(sequences.map((sequence) => runSequence(sequence, random.fork(sequence.place.project), seed)));
  const until = Date.now() + WATCH_MS;
  while (Date.now() < until) {
    await Promise.all(sequences.map((sequence) => expectGoneRefused(sequence, `in the end, seed ${seed}`)));
    await pause(1_000);
  }
  const gone = await readGone();
  const dead = sequences.flatMap(({ pairs }) => pairs).filter(({ accessKeyId }) => gone.has(accessKeyId));
  expect(dead.length, `no sequence ended a key, seed ${seed}`).toBeGreaterThan(0);
}

async function runSequence(sequence: Sequence, random: Random, seed: number): Promise<void> {
  const { client, place } = sequence;
  for (let step = 0; step < STEPS; step += 1) {
    const name = random.pick(NAMES);
    const request = { ...place, ...(name ? { name } : {}) };
    const change = random.pick(["enable", "enable", "regenerate", "overlap", "retire", "disable"] as const);
    const answer =
      change === "overlap"
        ? await client.regenerate({ ...request, overlapSeconds: 3_600 })
        : await client[change](request);
    const key = answer.kind === "data" && "accessKeyId" in answer.data ? answer.data : undefined;
    if (key) sequence.pairs.push(key);
    expect(key ? await ask(sequence, key) : "accepted", `a new key, seed ${seed}`).toBe("accepted");
    await expectGoneRefused(sequence, `after step ${step} (${change}) of ${place.project}, seed ${seed}`);
  }
  for (const name of NAMES) await client.disable({ ...place, ...(name ? { name } : {}) });
}

async function expectGoneRefused(sequence: Sequence, when: string): Promise<void> {
  const gone = await sequence.readGone();
  const dead = sequence.pairs.filter(({ accessKeyId }) => gone.has(accessKeyId));
  for (const key of dead) expect(await ask(sequence, key), `${key.accessKeyId} ${when}`).not.toBe("accepted");
}

const ask = ({ gateway }: Sequence, key: NewKey) => askGateway(gateway, SIGNING_REGION, key);
