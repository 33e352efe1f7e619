import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { type SeenWrite, startTcpProxy } from "@/testing/proxies/tcp-proxy";
import { askBackend } from "./ask-backend";
import { type Backend, type ListedKey, UNREADABLE } from "./backends";
import { checkHistory, checkLateWrites } from "./check-history";
import { checkOrphans, checkPairs, checkSettled, checkSuspensions } from "./check-keys";
import { searchFolder } from "./check-secrets";
import { type Attempt, History } from "./history";
import { readKeystonePut } from "./keystone-backend";
import type { Ledger, LedgerKey } from "./ledger";
import { befallOnce } from "./network-faults";
import { searchFor } from "./secret-search";
import { settle } from "./settle";
import { stopFor } from "./stop-process";
import type { Violation } from "./violation";
import { checkAnswer, isRefusedEverywhere } from "./watch";

const SECRET = "s3cr3tS3CR3Ts3cr3tS3CR3Ts3cr3tS3CR3T0123";
const SLOT = { project: "p", region: "north" };
const REFUSED = "Nobody answers. Your current keys still work.";

let server: Server;
const WITNESS = { accessKeyId: "W", secretAccessKey: "w" };
/** What the gateway answers to everybody: a status. */
let status = 200;
/** What it answers to the witness, where that is another. */
let witnessStatus: number | undefined;
const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

test.beforeAll(async () => {
  server = createServer((request, reply) => {
    const isWitness = request.headers.authorization?.includes(`Credential=${WITNESS.accessKeyId}/`);
    reply.writeHead((isWitness ? witnessStatus : undefined) ?? status).end("<ListAllMyBucketsResult/>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
test.afterAll(() => server.close());

function makeAttempt(more: Partial<Attempt> = {}): Attempt {
  const pair = {
    ok: true,
    outcome: "issued",
    operationId: "o",
    accessKeyId: "K",
    secretAccessKey: SECRET,
    endpoint: url(),
    region: "north",
    signingRegion: "n",
  } as const;
  const acknowledged = { begun: 3, ended: 4, said: "ok" } as const;
  return {
    kind: "enable",
    slot: SLOT,
    requestId: "r",
    personId: "a",
    by: "browser",
    begun: 1,
    ended: 2,
    said: "issued",
    pair,
    acknowledged,
    ...more,
  };
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
    return {
      refused: await isRefusedEverywhere(makeBackend(), { accessKeyId: "K", secretAccessKey: SECRET }, found),
      found: kindsOf(found),
    };
  };
  status = 403;
  expect(await look()).toEqual({ refused: true, found: [] });
  status = 503;
  expect(await look()).toEqual({ refused: false, found: [] });
  status = 200;
  expect(await look()).toEqual({ refused: false, found: ["undead"] });
});

test("a gateway that refuses everybody while what it asks is away has refused nobody", async () => {
  const ask = () =>
    askBackend({ ...makeBackend(), witness: WITNESS }, url(), { accessKeyId: "K", secretAccessKey: SECRET });
  status = 403;
  for (witnessStatus of [403, 503]) expect(await ask()).toBe("no-answer");
  witnessStatus = 200;
  expect(await ask()).toBe("refused");
  status = 200;
  witnessStatus = undefined;
  expect(await ask()).toBe("accepted");
});

test("stopped: who is suspended on a storage system is so in the database too, and nobody is at the end", async () => {
  const suspension = { principal: "lk-p", region: "north", until: new Date() };
  const look = async (more: Partial<typeof suspension>) =>
    kindsOf(
      await checkSuspensions([{ ...makeBackend(), listSuspended: async () => ["lk-p"] }], {
        ...makeLedger(),
        suspensions: [{ ...suspension, ...more }],
      }),
    );
  expect(await look({})).toEqual([]);
  for (const more of [{ principal: "lk-other" }, { region: "south" }]) expect(await look(more)).toEqual(["stopped"]);
  expect(await checkSuspensions([makeBackend()], makeLedger())).toEqual([]);
  expect(kindsOf(checkSettled({ ...makeLedger(), suspensions: [suspension] }))).toEqual(["unsettled"]);
});

test("late-write: a pair that is made 2 s after its end was decided, and none whose id could not be read", async () => {
  const proxy = await startTcpProxy(url());
  const look = (write: Partial<SeenWrite>) => {
    const writes = [{ at: 10_000, method: "POST", path: "/", accessKeyId: "K", ...write }];
    const backend = { ...makeBackend(), proxies: [{ name: "north admin", proxy: { ...proxy, writes } }] };
    return kindsOf(checkLateWrites({ backends: [backend] }, makeLedger({ endedAt: new Date(10_000) })));
  };
  for (const write of [
    {},
    { at: 11_999 },
    { at: 99_000, accessKeyId: undefined },
    { at: 99_000, accessKeyId: "another" },
  ])
    expect(look(write)).toEqual([]);
  expect(look({ at: 12_000 })).toEqual(["late-write"]);
  expect(look({ accessKeyId: UNREADABLE })).toEqual(["unchecked"]);
  await proxy.close();
});

test("a proxy knows which pair a write makes, and keeps nothing else of it", async () => {
  status = 200;
  const proxy = await startTcpProxy(url(), readKeystonePut);
  const credential = (blob: string) => JSON.stringify({ credential: { type: "ec2", blob } });
  const send = async (path: string, body: string) =>
    void (await (await fetch(`${proxy.url}${path}`, { method: "POST", body })).text());
  try {
    await send("/v3/credentials", credential(JSON.stringify({ access: "K", secret: SECRET })));
    await send("/v3/credentials", credential("no JSON"));
    await send("/v3/auth/tokens", "{}");
    expect(proxy.writes.map(({ accessKeyId }) => accessKeyId)).toEqual(["K", UNREADABLE, undefined]);
    expect(JSON.stringify(proxy.writes)).not.toContain(SECRET);
  } finally {
    await proxy.close();
  }
});

test("a process that is stopped goes on, one that is killed meanwhile was not stopped for long enough", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => process.stdout.write('.'), 10)"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const pid = child.pid ?? 0;
  const tick = () => new Promise((resolve) => child.stdout.once("data", resolve));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await tick();
  const stop = stopFor(pid, 300);
  expect(await stopFor(pid, 300)).toBe(false);
  expect(await stop).toBe(true);
  await tick();
  const cut = stopFor(pid, 300);
  child.kill("SIGKILL");
  await ended;
  expect(await cut).toBe(false);
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
  for (const key of [{ region: "south" }, { principal: "lk-other" }, { state: "REVOKED" }])
    expect(await look(key)).toEqual(["orphan"]);
});

test("lost: a change whose acknowledgement was refused must not stand", () => {
  const refused = makeAttempt({ acknowledged: { begun: 3, ended: 4, said: "refused" } });
  const check = (state: string, operation: string) =>
    kindsOf(checkHistory({ slots: [SLOT] }, makeHistory(refused), makeLedger({ state }, { state: operation })));
  expect(check("FAILED", "FAILED")).toEqual([]);
  expect(check("REVOKED", "DONE")).toEqual(["lost"]);
});

test("lost: a program's pair counts from the reply on, and without one it may count or not", async () => {
  const look = async (
    story: Partial<Attempt>,
    key: Partial<LedgerKey>,
    operation: Partial<Ledger["operations"][number]> = {},
  ) => {
    const attempt = makeAttempt({ by: "program", ...story });
    if (story.said !== undefined) {
      delete attempt.pair;
      delete attempt.acknowledged;
    }
    const history = makeHistory(attempt);
    const ledger = makeLedger(key, operation);
    const listed = makeBackend(key.state === "ACTIVE" ? undefined : []);
    return kindsOf([
      ...checkHistory({ slots: [SLOT] }, history, ledger),
      ...(await checkPairs({ backends: [listed] }, history, ledger)),
    ]);
  };
  const active = { state: "ACTIVE" };
  const failed = { state: "FAILED" };
  status = 200;
  expect(await look({}, active)).toEqual([]);
  expect(await look({ said: "unknown" }, active)).toEqual([]);
  expect(await look({ said: "done" }, active)).toEqual([]);
  // A browser's pair that reached nobody is undone, and so is one that nobody asked for.
  expect(await look({ said: "unknown", by: "browser" }, active)).toEqual(["lost", "lost"]);
  expect(await look({ said: "unknown" }, active, { requestId: "other" })).toEqual(["lost", "lost"]);
  status = 403;
  expect(await look({}, failed, { state: "FAILED" })).toEqual(["lost", "lost"]);
  expect(await look({ said: "unknown" }, failed, { state: "FAILED" })).toEqual([]);
  expect(await look({ said: "done" }, failed, { state: "FAILED" })).toEqual(["lost", "lost"]);
});

test("lost: whichever attempt of a request was told how it ended, it ended once", () => {
  const program = (story: Partial<Attempt>): Attempt => {
    const attempt = makeAttempt({ by: "program", ...story });
    if (story.said === "issued") return attempt;
    delete attempt.pair;
    delete attempt.acknowledged;
    return attempt;
  };
  const disabled = program({ kind: "disable", requestId: "d", begun: 60_000, ended: 60_001, said: "done" });
  const look = (state: string, ...attempts: Attempt[]) => {
    const ledger = makeLedger({ state });
    ledger.operations.push({ kind: "DISABLE", state: "DONE", requestId: "d", actorId: "a", accessKeyId: null });
    return kindsOf(checkHistory({ slots: [SLOT] }, makeHistory(...attempts), ledger));
  };
  const again = (history: Attempt[], begun: number): Attempt[] => {
    const repeated = program({ begun, ended: begun + 1, said: "already-done" });
    const told = makeHistory(...history, repeated);
    told.noteDone(repeated);
    return told.attempts;
  };
  const unheard = program({ begun: 0, ended: 10, said: "unknown" });
  const heard = program({ begun: 20, ended: 30, said: "issued", acknowledged: { begun: 20, ended: 30, said: "ok" } });
  const late = program({ begun: 90_000, ended: 90_001, said: "unknown" });

  // The pair that a later attempt got is no other one, and an answer that is lost afterwards changes nothing.
  for (const story of [
    [unheard, heard, disabled],
    [heard, disabled, late],
  ]) {
    expect(look("REVOKED", ...story)).toEqual([]);
    expect(look("ACTIVE", ...story)).toEqual(["lost"]);
  }
  // Who hears later that it was done already has changed something at the first attempt, and at no other.
  expect(look("REVOKED", ...again([{ ...unheard }, disabled, { ...late }], 95_000))).toEqual([]);
  expect(look("ACTIVE", ...again([disabled, { ...late }], 95_000))).toEqual([]);
  expect(look("REVOKED", ...again([disabled, { ...late }], 95_000))).toEqual(["lost"]);
  expect(look("REVOKED", ...again([heard, disabled, { ...late }], 95_000))).toEqual([]);
  // Who hears that it came to nothing has no pair to expect.
  expect(look("ACTIVE", unheard, program({ begun: 20, ended: 30, said: "undelivered" }))).toEqual(["lost"]);
});

test("untrue: who was told that the current keys still work must be right", async () => {
  const failed = makeAttempt({
    kind: "regenerate",
    begun: 100_000,
    ended: 100_001,
    said: "storage-failed",
    message: REFUSED,
  });
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
  for (const state of ["CREATING", "ISSUED", "REVOKING", "RETIRING"])
    expect(kindsOf(checkSettled(makeLedger({ state })))).toEqual(["unsettled"]);
  for (const state of ["PENDING", "DELIVERING", "UNDOING"])
    expect(kindsOf(checkSettled(makeLedger({}, { state })))).toEqual(["unsettled"]);
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
    ...Object.fromEntries(
      ["", "a", "ab"].map((lead) => [
        `base64 after ${lead.length}`,
        Buffer.from(`{"${lead}":"${SECRET}"}`).toString("base64"),
      ]),
    ),
    ...Object.fromEntries(
      ["sha256", "sha1", "md5"].flatMap((name) => [
        [`${name} bytea`, `(\\x${hash(name).toString("hex")},1)`],
        [`${name} upper-case`, hash(name).toString("hex").toUpperCase()],
        [`${name} base64`, `"${hash(name).toString("base64")}"`],
        [`${name} base64url`, `"${hash(name).toString("base64url")}"`],
      ]),
    ),
  };
  const missed = Object.entries(forms).filter(([, text]) => search(`before ${text} after`).size !== 1);
  expect(missed).toEqual([]);
  expect(search(`${"A".repeat(80)} ${SECRET.slice(1)} ${hash("sha256").toString("hex").slice(1)}`).size).toBe(0);
});

test("secret: of a token the SHA-256 is kept, and nothing else", () => {
  const token = `lkt_${"t0k3n".repeat(9)}`;
  const search = searchFor([SECRET], [token]);
  const look = (text: string) => search(`before ${text} after`).size;
  expect(look(`\\x${createHash("sha256").update(token).digest("hex")}`)).toBe(0);
  for (const text of [
    token,
    `Bearer ${token}`,
    Buffer.from(token).toString("base64"),
    createHash("sha1").update(token).digest("hex"),
  ]) {
    expect(look(text), text).toBe(1);
  }
  expect(look(createHash("sha256").update(SECRET).digest("hex"))).toBe(1);
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
