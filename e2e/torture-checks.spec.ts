import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { startTcpProxy } from "./rig/tcp-proxy";
import type { Backend, ListedKey } from "./torture/backends";
import { checkHistory } from "./torture/check-history";
import { checkOrphans, checkPairs, checkSettled } from "./torture/check-keys";
import { searchFolder } from "./torture/check-secrets";
import { type Attempt, History } from "./torture/history";
import type { Ledger, LedgerKey } from "./torture/ledger";
import { befallOnce } from "./torture/network-faults";
import { searchFor } from "./torture/secret-search";
import { settle } from "./torture/settle";
import type { Violation } from "./torture/violation";
import { checkAnswer, isRefusedEverywhere } from "./torture/watch";

const SECRET = "s3cr3tS3CR3Ts3cr3tS3CR3Ts3cr3tS3CR3T0123";
const SLOT = { project: "p", region: "north" };
const REFUSED = "Nobody answers. Your current keys still work.";

let server: Server;
/** What the gateway answers to everybody: a status. */
let status = 200;
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test.beforeAll(async () => {
  server = createServer((_request, reply) => reply.writeHead(status).end("<ListAllMyBucketsResult/>"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
test.afterAll(() => server.close());

function makeAttempt(more: Partial<Attempt> = {}): Attempt {
  const pair = { ok: true, outcome: "issued", operationId: "o", accessKeyId: "K", secretAccessKey: SECRET, endpoint: url(), region: "north", signingRegion: "n" } as const;
  const acknowledged = { begun: 3, ended: 4, said: "ok" } as const;
  return { kind: "enable", slot: SLOT, requestId: "r", personId: "a", begun: 1, ended: 2, said: "issued", pair, acknowledged, ...more };
}

function makeHistory(...attempts: Attempt[]): History {
  const history = new History();
  history.attempts.push(...attempts);
  return history;
}

function makeLedger(key: Partial<LedgerKey> = {}, operation: Partial<Ledger["operations"][number]> = {}): Ledger {
  return {
    keys: [{ accessKeyId: "K", state: "ACTIVE", ...SLOT, principal: "lk-p", endedAt: null, ...key }],
    operations: [{ kind: "ENABLE", state: "DONE", requestId: "r", actorId: "a", accessKeyId: "K", ...operation }],
    suspensions: [],
  };
}

function makeBackend(listed: ListedKey[] = [{ accessKeyId: "K", principal: "lk-p" }]): Backend {
  return { region: "north", signingRegion: "n", gateways: [url()], proxies: [], listKeys: async () => listed };
}

const kindsOf = (violations: Violation[]) => violations.map(({ kind }) => kind);
const checkPair = async (state: string, backend = makeBackend()) =>
  kindsOf(await checkPairs({ backends: [backend] }, makeHistory(makeAttempt()), makeLedger({ state })));

test("undead: a pair that is called dead must be refused, and no answer is no refusal", async () => {
  status = 403;
  expect(await checkPair("REVOKED")).toEqual([]);
  for (status of [200, 503]) expect(await checkPair("REVOKED")).toEqual(["undead"]);
});

test("undead: in the storm a gateway without an answer is asked again, and one that accepts is told of", async () => {
  const look = async () => {
    const found: Violation[] = [];
    return { refused: await isRefusedEverywhere(makeBackend(), { accessKeyId: "K", secretAccessKey: SECRET }, found), found: kindsOf(found) };
  };
  status = 403;
  expect(await look()).toEqual({ refused: true, found: [] });
  status = 503;
  expect(await look()).toEqual({ refused: false, found: [] });
  status = 200;
  expect(await look()).toEqual({ refused: false, found: ["undead"] });
});

test("broken: an active pair must be accepted, and be in its region's list under its principal", async () => {
  status = 200;
  expect(await checkPair("ACTIVE")).toEqual([]);
  expect(await checkPair("ACTIVE", makeBackend([]))).toEqual(["broken"]);
  expect(await checkPair("ACTIVE", makeBackend([{ accessKeyId: "K", principal: "lk-other" }]))).toEqual(["broken"]);
  status = 403;
  expect(await checkPair("ACTIVE")).toEqual(["broken"]);
});

test("orphan: a key that the portal knows elsewhere is not known here", async () => {
  const look = async (key: Partial<LedgerKey>) => kindsOf(await checkOrphans([makeBackend()], makeLedger(key)));
  expect(await look({})).toEqual([]);
  for (const key of [{ region: "south" }, { principal: "lk-other" }, { state: "REVOKED" }]) expect(await look(key)).toEqual(["orphan"]);
});

test("lost: a change whose acknowledgement was refused must not stand", () => {
  const refused = makeAttempt({ acknowledged: { begun: 3, ended: 4, said: "refused" } });
  const check = (state: string, operation: string) =>
    kindsOf(checkHistory({ slots: [SLOT] }, makeHistory(refused), makeLedger({ state }, { state: operation })));
  expect(check("FAILED", "FAILED")).toEqual([]);
  expect(check("REVOKED", "DONE")).toEqual(["lost"]);
});

test("untrue: who was told that the current keys still work must be right", async () => {
  const failed = makeAttempt({ kind: "regenerate", begun: 100_000, ended: 100_001, said: "storage-failed", message: REFUSED });
  delete failed.pair;
  delete failed.acknowledged;
  const look = async () => {
    const found: Violation[] = [];
    const tried = { issued: 0, stillWork: 0 };
    await checkAnswer({ backends: [makeBackend()] }, makeHistory(makeAttempt(), failed), { found, tried }, failed);
    return { found: kindsOf(found), tried };
  };
  status = 200;
  expect(await look()).toEqual({ found: [], tried: { issued: 0, stillWork: 1 } });
  status = 403;
  expect(await look()).toEqual({ found: ["untrue"], tried: { issued: 0, stillWork: 1 } });
  status = 503;
  expect(await look()).toEqual({ found: [], tried: { issued: 0, stillWork: 0 } });
});

test("unsettled: whatever is still to be done", () => {
  expect(checkSettled(makeLedger())).toEqual([]);
  for (const state of ["CREATING", "ISSUED", "REVOKING", "RETIRING"]) expect(kindsOf(checkSettled(makeLedger({ state })))).toEqual(["unsettled"]);
  for (const state of ["PENDING", "DELIVERING", "UNDOING"]) expect(kindsOf(checkSettled(makeLedger({}, { state })))).toEqual(["unsettled"]);
});

test("settled is what stays so for 10 s, and a look that fails has not seen it", async () => {
  const settleWith = async (looks: (at: number) => boolean) => {
    let at = 0;
    const look = async () => {
      if (at < 3_000) throw new Error("it starts");
      return looks(at);
    };
    const now = () => at;
    const pause = async (ms: number) => void (at += ms);
    return { cleanSince: await settle({ look, until: 30_000, now, pause }), at };
  };
  expect(await settleWith(() => true)).toEqual({ cleanSince: 3_000, at: 13_000 });
  expect(await settleWith((at) => at !== 12_000)).toEqual({ cleanSince: 13_000, at: 23_000 });
  expect(await settleWith((at) => at >= 29_000)).toEqual({ cleanSince: 29_000, at: 39_000 });
  expect(await settleWith(() => false)).toEqual({ cleanSince: undefined, at: 30_000 });
});

test("secret: in every form in which a program may leave it", () => {
  const search = searchFor([SECRET]);
  const hash = (name: string) => createHash(name).update(SECRET).digest();
  const forms = {
    plain: `key=${SECRET};`,
    inside: `abc${SECRET}def`,
    bytea: `\\x${Buffer.from(SECRET).toString("hex")}`,
    "bytea of a sentence": `\\x${Buffer.from(`it is ${SECRET}.`).toString("hex")}`,
    "upper-case hex": Buffer.from(SECRET).toString("hex").toUpperCase(),
    ...Object.fromEntries(["", "a", "ab"].map((lead) => [`base64 after ${lead.length}`, Buffer.from(`{"${lead}":"${SECRET}"}`).toString("base64")])),
    ...Object.fromEntries(["sha256", "sha1", "md5"].flatMap((name) => [
      [`${name} bytea`, `(\\x${hash(name).toString("hex")},1)`],
      [`${name} upper-case`, hash(name).toString("hex").toUpperCase()],
      [`${name} base64`, `"${hash(name).toString("base64")}"`],
      [`${name} base64url`, `"${hash(name).toString("base64url")}"`],
    ])),
  };
  const missed = Object.entries(forms).filter(([, text]) => search(`before ${text} after`).size !== 1);
  expect(missed).toEqual([]);
  expect(search(`${"A".repeat(80)} ${SECRET.slice(1)} ${hash("sha256").toString("hex").slice(1)}`).size).toBe(0);
});

test("secret: anywhere in a file, however large", () => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-search-"));
  try {
    const large = Buffer.alloc(34 * 1024 * 1024);
    large.write(SECRET, 32 * 1024 * 1024 - 17);
    writeFileSync(join(folder, "large"), large);
    writeFileSync(join(folder, "small"), "nothing");
    const found = searchFolder(folder, () => searchFor([SECRET]));
    expect(found).toEqual([{ kind: "secret", what: `${join(folder, "large")} holds 1 secrets` }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a fault that nobody came to has hit nothing", async () => {
  status = 200;
  const proxy = await startTcpProxy(url());
  try {
    expect(await befallOnce(proxy, { what: "drop" }, 10, 100)).toBe(false);
    const hit = befallOnce(proxy, { what: "garbage" }, 500);
    expect(await (await fetch(proxy.url)).text().catch(() => "cut off")).toMatch(/half an ans|cut off/);
    expect(await hit).toBe(true);
  } finally {
    await proxy.close();
  }
});
