import { randomUUID } from "node:crypto";
import { cpus, loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "pg";
import { startOwnPortal } from "../fixtures/own-portal";
import type { AccessKey } from "../fixtures/access-key";
import type { PortalFacts } from "../fixtures/portal";
import { startOwnRig } from "@/testing/rig/own-rig";
import { findMissingPrograms } from "@/testing/rig/rig";
import { type Backend, createKeyId, openBuiltin, openCeph } from "./backends";
import { awaitRefusal } from "./changes";
import { composeTable } from "./figures";
import { createToken, openDatabase } from "./people";
import { closeConnections, sendHttp } from "./signed-http";

const BUILTIN_KEYS = 1_000;
const CEPH_KEYS = 200;
/** Each account has so many keys, and the portal ends one of them at a time. */
const KEYS_AN_ACCOUNT = 10;
const LOOK_EVERY_MS = 50;

interface Made {
  account: string;
  key: AccessKey;
}

/** Keys a second. */
interface Rates {
  title: string;
  keys: number;
  bare: number;
  bareRefused: number;
  portal: number;
}

/** Compares a bulk revocation with bare admin calls that remove as many keys one after the other. */
async function main(): Promise<void> {
  const missing = findMissingPrograms();
  if (missing.length > 0) console.log(`Without Ceph, which needs ${missing.join(", ")}.`);
  const ends: (() => Promise<void>)[] = [];
  const endAll = async () => {
    closeConnections();
    for (const end of ends.splice(0).reverse()) await end();
  };
  // Without this, the started programs would outlive this process.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void endAll().finally(() => process.exit(130)));
  try {
    const rig = missing.length > 0 ? undefined : await startOwnRig(["plain", "plain"]);
    if (rig) ends.push(rig.stop);
    const portal = await startOwnPortal();
    ends.push(portal.stop);
    const database = await openDatabase(portal.facts);
    ends.push(() => database.end());
    console.log(`${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores, Node ${process.version}`);
    const all = [await measure(portal.facts, database, await openBuiltin(portal.facts), BUILTIN_KEYS)];
    if (rig) all.push(await measure(portal.facts, database, await openCeph(portal.facts, rig.rig), CEPH_KEYS));
    report(all);
  } finally {
    await endAll();
  }
}

async function measure(portal: PortalFacts, database: Client, backend: Backend, count: number): Promise<Rates> {
  console.log(`${backend.title}: ${count} keys each way. Load ${loadavg()[0]?.toFixed(1)}.`);
  const bare = await time(await createKeys(backend, "bare", count), ({ account, key }) =>
    backend.deleteKey(account, key.accessKeyId),
  );
  const bareRefused = await time(await createKeys(backend, "bare-refused", count), async ({ account, key }) => {
    await backend.deleteKey(account, key.accessKeyId);
    await awaitRefusal(backend, key);
  });
  // The first keys are for the worker, which is slower until Node has compiled its code.
  await revokeThroughPortal(portal, database, backend, "warm-up", Math.ceil(count / 5));
  const seconds = await revokeThroughPortal(portal, database, backend, "portal", count);
  return { title: backend.title, keys: count, bare, bareRefused, portal: count / seconds };
}

async function createKeys(backend: Backend, name: string, count: number): Promise<Made[]> {
  const made: Made[] = [];
  for (let index = 0; index < count; index += 1) {
    const account = `lk-${name}-${backend.region}-${Math.floor(index / KEYS_AN_ACCOUNT)}`;
    if (index % KEYS_AN_ACCOUNT === 0) await backend.createAccount(account);
    made.push({ account, key: await backend.createKey(account, createKeyId()) });
  }
  return made;
}

/** Keys a second, one after the other. */
async function time(all: readonly Made[], remove: (made: Made) => Promise<void>): Promise<number> {
  const begin = performance.now();
  for (const made of all) await remove(made);
  return all.length / ((performance.now() - begin) / 1_000);
}

/** Revokes keys of the region. Returns the seconds from the request until every key is proved revoked. */
async function revokeThroughPortal(
  portal: PortalFacts,
  database: Client,
  backend: Backend,
  name: string,
  count: number,
): Promise<number> {
  const support = portal.users.find(({ role }) => role === "support");
  if (!support) throw new Error("nobody is support");
  const token = await createToken(database, support.email);
  await enterKeys(database, backend, await createKeys(backend, name, count));
  const url = new URL("/api/v1/support/bulk-revocations", portal.url);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const input = { region: backend.region, reason: "benchmark", confirm: "confirm", requestId: randomUUID() };
  const begin = performance.now();
  const { status, body } = await sendHttp("POST", url, headers, JSON.stringify(input));
  if (status !== 202) throw new Error(`the API answered ${status}: ${body}`);
  const { id, keys } = JSON.parse(body) as { id: string; keys: number };
  if (keys !== count) throw new Error(`${keys} keys instead of ${count}`);
  for (;;) {
    const { rows } = await database.query<{ open: string; failed: string }>(
      `SELECT count(*) FILTER (WHERE key.state <> 'REVOKED') AS open, count(*) FILTER (WHERE item.state = 'FAILED') AS failed
       FROM bulk_revocation_keys AS item JOIN access_keys AS key ON key.id = item.key_id
       WHERE bulk_revocation_id = $1`,
      [id],
    );
    if (Number(rows[0]?.failed) > 0) throw new Error("keys failed");
    if (Number(rows[0]?.open) === 0) return (performance.now() - begin) / 1_000;
    await pause(LOOK_EVERY_MS);
  }
}

/** Makes the portal know keys that it did not make, by SQL: through the portal that would take many minutes. */
async function enterKeys(database: Client, { region }: Backend, made: readonly Made[]): Promise<void> {
  const accounts = [...new Set(made.map(({ account }) => account))];
  await database.query(
    "INSERT INTO projects (id, slug, name) SELECT gen_random_uuid(), a, a FROM unnest($1::text[]) a",
    [accounts],
  );
  await database.query(
    `INSERT INTO principals (id, project_id, region_id, external_id)
     SELECT gen_random_uuid(), projects.id, regions.id, slug FROM projects, regions
     WHERE slug = ANY($1) AND regions.name = $2`,
    [accounts, region],
  );
  await database.query(
    `INSERT INTO access_keys
       (id, project_id, region_id, principal_id, slot, access_key_id, state, created_by_id, activated_at)
     SELECT gen_random_uuid(), principals.project_id, region_id, principals.id, made.id, made.id, 'ACTIVE',
       (SELECT id FROM users LIMIT 1), now()
     FROM unnest($1::text[], $2::text[]) AS made (account, id) JOIN principals ON external_id = made.account`,
    [made.map(({ account }) => account), made.map(({ key }) => key.accessKeyId)],
  );
}

function report(all: readonly Rates[]): void {
  const rows = all.map(({ title, keys, bare, bareRefused, portal }) => [
    title,
    String(keys),
    `${bare.toFixed(0)}/s`,
    `${bareRefused.toFixed(0)}/s`,
    `${portal.toFixed(1)}/s`,
    `${(portal / bare).toFixed(2)}×`,
    `${(portal / bareRefused).toFixed(2)}×`,
  ]);
  const head = ["", "keys", "bare", "bare, refusal awaited", "bulk revocation", "of bare", "of bare with refusal"];
  console.log(composeTable([head, ...rows]));
  console.log(`\nLoad at the end: ${loadavg()[0]?.toFixed(1)}. The aim: at least 0.70× of the bare calls.`);
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
