import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AccessKey } from "../../fixtures/access-key";
import { type Attempt, History } from "../history";
import type { Backend, ListedKey } from "../world/backend";
import type { Ledger, LedgerKey, LedgerOperation } from "./ledger";
import type { Violation } from "./violation";

// A small history, the database that belongs to it, and a gateway: for the tests of the checks.

export const SECRET = "s3cr3tS3CR3Ts3cr3tS3CR3Ts3cr3tS3CR3T0123";
export const KEY: AccessKey = { accessKeyId: "K", secretAccessKey: SECRET };
export const WITNESS: AccessKey = { accessKeyId: "W", secretAccessKey: "w" };
export const SLOT = { project: "p", region: "north" };

/** A gateway that answers every request with `status`, or requests of the witness with `witnessStatus`. */
export interface ExampleGateway {
  url: string;
  status: number;
  witnessStatus: number | undefined;
  close: () => void;
}

export async function startExampleGateway(): Promise<ExampleGateway> {
  const server = createServer((request, reply) => {
    const isWitness = request.headers.authorization?.includes(`Credential=${WITNESS.accessKeyId}/`);
    const status = isWitness ? (gateway.witnessStatus ?? gateway.status) : gateway.status;
    reply.writeHead(status).end("<ListAllMyBucketsResult/>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gateway: ExampleGateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    status: 200,
    witnessStatus: undefined,
    close: () => server.close(),
  };
  return gateway;
}

/** An `enable` by a browser, which got the key K and acknowledged it. */
export function createAttempt(more: Partial<Attempt> = {}): Attempt {
  const key = {
    ok: true,
    outcome: "issued",
    operationId: "o",
    ...KEY,
    endpoint: "http://127.0.0.1:1",
    region: "north",
    signingRegion: "n",
  } as const;
  return {
    change: "enable",
    slot: SLOT,
    requestId: "r",
    personId: "a",
    by: "browser",
    begun: 1,
    ended: 2,
    answer: "issued",
    key,
    acknowledged: { begun: 3, ended: 4, answer: "ok" },
    ...more,
  };
}

/** An attempt of a program. It has a key only if the answer is `issued`. */
export function createProgramAttempt(more: Partial<Attempt> = {}): Attempt {
  const attempt = createAttempt({ by: "program", ...more });
  if (attempt.answer === "issued") return attempt;
  delete attempt.key;
  delete attempt.acknowledged;
  return attempt;
}

export function createHistory(...attempts: Attempt[]): History {
  const history = new History();
  history.attempts.push(...attempts);
  return history;
}

/** The database after `createAttempt()`. */
export function createLedger(key: Partial<LedgerKey> = {}, operation: Partial<LedgerOperation> = {}): Ledger {
  return {
    keys: [
      {
        accessKeyId: "K",
        state: "ACTIVE",
        ...SLOT,
        slot: "default",
        principal: "lk-p",
        endedAt: null,
        expiresAt: null,
        ...key,
      },
    ],
    operations: [{ kind: "ENABLE", state: "DONE", requestId: "r", actorId: "a", accessKeyId: "K", ...operation }],
    suspensions: [],
  };
}

/** The storage system after `createAttempt()`. */
export function createBackend(
  { url }: ExampleGateway,
  listed: ListedKey[] = [{ accessKeyId: "K", principal: "lk-p" }],
): Backend {
  return { region: "north", signingRegion: "n", gateways: [url], proxies: [], listKeys: async () => listed };
}

export const kindsOf = (violations: readonly Violation[]) => violations.map(({ kind }) => kind);
