import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { KeyCache, ShortLivedKey } from "@/lib/cli/credentials/key-cache";
import type { Actor } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { probeS3 } from "@/lib/providers/probe";
import type { AccessKey, Receipt } from "@/prisma/generated/client";
import type { CommandResult } from "@/testing/command-line";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const TOKEN_MS = 10 * 60_000;

/** What an SDK reads. */
export interface Credentials {
  Version: number;
  AccessKeyId: string;
  SecretAccessKey: string;
  Expiration: string;
}

/** What the tests of short-lived keys share. Every test gets a project, a token and a runtime folder of its own. */
export interface ShortLivedKeys {
  storage: Storage;
  portal: { url: string; stop: () => Promise<void> };
  /** What the portal answers instead of its answer; undefined: nothing. */
  intercept: ((request: Request) => Promise<Response> | undefined) | undefined;
  /** Methods and paths, as the portal got them. */
  requests: string[];
  /** A member+ of the project. */
  mia: Actor;
  project: string;
  token: string;
  runtime: string;
  newToken: (scope?: "read" | "write") => Promise<void>;
  environment: () => Record<string, string>;
  /** Runs `latchkey credentials` for the region `north`, with more arguments and variables. */
  run: (more?: string[], env?: Record<string, string>) => Promise<CommandResult>;
  /** The same, for what must work without a warning. */
  get: (more?: string[]) => Promise<Credentials>;
  /** The answer of the gateway to a request that the key signs. */
  ask: (key: Pick<Credentials, "AccessKeyId" | "SecretAccessKey">) => Promise<string>;
  rowOf: (key: Pick<Credentials, "AccessKeyId">) => Promise<AccessKey & { receipts: Receipt[] }>;
  countKeys: () => Promise<number>;
  /** The files that keep keys. */
  listCaches: () => Promise<string[]>;
  onlyCache: () => Promise<string>;
  /** As if the time had passed until the key lasts for so many minutes, for the portal and for the file. Gives its date. */
  letLast: (minutes: number) => Promise<string>;
  /** As if nobody had asked the portal about the key for a while. */
  letCheckAge: () => Promise<void>;
}

/** Serves an application over HTTP beside a storage system, and makes a fresh project before each test. */
export function useShortLivedKeys(api: { fetch: (request: Request) => Response | Promise<Response> }): ShortLivedKeys {
  const shared = {} as ShortLivedKeys;

  beforeAll(async () => {
    await startTestDatabase();
    shared.storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
    shared.portal = await serveApp({
      fetch: async (request) => {
        shared.requests.push(`${request.method} ${new URL(request.url).pathname}`);
        return (await shared.intercept?.(request)) ?? api.fetch(request);
      },
    });
  });
  afterAll(async () => {
    await shared.portal.stop();
    await shared.storage.stop();
  });
  beforeEach(async () => {
    shared.intercept = undefined;
    shared.requests = [];
    shared.mia = await makeUser(db, "Mia");
    shared.project = (await makeProject(db, [[shared.mia, "member+"]])).slug;
    await shared.newToken();
    shared.runtime = await mkdtemp(join(tmpdir(), "latchkey-runtime-"));
  });
  afterEach(() => rm(shared.runtime, { recursive: true, force: true }));

  shared.newToken = async (scope = "write") => {
    shared.token = await makeToken(db, shared.mia, { scope }, TOKEN_MS);
  };
  shared.environment = () => ({
    XDG_RUNTIME_DIR: shared.runtime,
    LATCHKEY_URL: shared.portal.url,
    LATCHKEY_TOKEN: shared.token,
  });
  shared.run = (more = [], env = {}) =>
    runLatchkeyHere(["credentials", "--project", shared.project, "--region", "north", ...more], {
      env: { ...shared.environment(), ...env },
    });
  shared.get = async (more = []) => {
    const { code, printed, complaint } = await shared.run(more);
    expect(code, complaint).toBe(0);
    expect(complaint).toBe("");
    return JSON.parse(printed) as Credentials;
  };
  shared.ask = ({ AccessKeyId, SecretAccessKey }) => {
    const north = shared.storage.regions.find(({ name }) => name === "north");
    if (!north) throw new Error("there is no region north");
    const context = { signal: AbortSignal.timeout(10_000), requestId: randomUUID() };
    return probeS3(north, north.signingRegion, AccessKeyId, new Secret(SecretAccessKey), context);
  };
  shared.rowOf = ({ AccessKeyId: accessKeyId }) =>
    db.accessKey.findUniqueOrThrow({ where: { accessKeyId }, include: { receipts: true } });
  shared.countKeys = () => db.accessKey.count({ where: { project: { slug: shared.project } } });
  shared.listCaches = () => listCaches(shared.runtime);
  shared.onlyCache = async () => {
    const [path, ...more] = await shared.listCaches();
    if (!path || more.length > 0) throw new Error("there is not one file");
    return path;
  };
  shared.letLast = async (minutes) => {
    const path = await shared.onlyCache();
    const expirationDate = minutesFromNow(minutes);
    const accessKeyId = await changeKeptKey(path, { expirationDate });
    await db.accessKey.update({ where: { accessKeyId }, data: { expiresAt: new Date(expirationDate) } });
    return expirationDate;
  };
  shared.letCheckAge = async () => {
    await changeKeptKey(await shared.onlyCache(), { checkedAt: minutesFromNow(-6) });
  };
  return shared;
}

export const minutesFromNow = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();

async function listCaches(runtime: string): Promise<string[]> {
  const names = await readdir(join(runtime, "latchkey")).catch(() => []);
  return names.filter((name) => name.endsWith(".json")).map((name) => join(runtime, "latchkey", name));
}

/** Changes facts of the key that a file keeps, and gives its access key id. */
async function changeKeptKey(path: string, facts: Partial<ShortLivedKey>): Promise<string> {
  const cache = JSON.parse(await readFile(path, "utf8")) as KeyCache;
  if (!cache.key) throw new Error(`${path} keeps no key`);
  await writeFile(path, JSON.stringify({ ...cache, key: { ...cache.key, ...facts } }));
  return cache.key.accessKeyId;
}
