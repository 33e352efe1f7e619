import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recordEvent, SYSTEM_ACTOR } from "@/lib/audit/record";
import { composeChainedRow, composeCheckpoint, listSigningKeys } from "@/lib/audit-log/data";
import { chainEvents } from "@/lib/audit-log/mutations";
import { composeSignedCheckpoint, FIRST_PREVIOUS_HASH, hashRow } from "@/lib/audit-log/rules";
import { isSignedBy } from "@/lib/platform/crypto/sign";
import { db, type Transaction } from "@/lib/platform/db/client";
import { tryLockName } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { startTestDatabase } from "@/testing/database/test-database";

beforeAll(startTestDatabase);
beforeEach(() => chainEvents());

const record = (tx: Transaction, email: string) =>
  recordEvent(tx, { event: "user.created", outcome: "done", actor: SYSTEM_ACTOR, data: { email, platformRole: null } });

async function readChain() {
  const entries = await db.auditChainEntry.findMany({ orderBy: { sequence: "asc" } });
  const events = new Map((await db.auditEvent.findMany()).map((event) => [event.id, event]));
  return entries.flatMap((entry) => {
    const event = events.get(entry.eventId);
    return event ? [composeChainedRow(entry, event)] : [];
  });
}

const readEmails = async () => (await readChain()).map(({ row }) => (row.data as { email: string }).email);

/** A transaction that stays open until it is told to commit. */
function beginRecord(email: string): { begun: Promise<void>; commit: () => Promise<void> } {
  let commit = (): void => undefined;
  const told = new Promise<void>((resolve) => (commit = resolve));
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const done = withTransaction(async (tx) => {
    await record(tx, email);
    begin();
    await told;
  });
  return {
    begun,
    commit: () => {
      commit();
      return done;
    },
  };
}

describe("the chain", () => {
  test("has every committed line once, without a gap, each with the hash of the one before", async () => {
    const emails = Array.from({ length: 7 }, (_value, index) => `${index}-${randomUUID()}@example.test`);
    for (const email of emails) await withTransaction((tx) => record(tx, email));
    await chainEvents(3);
    await chainEvents(3);
    const chain = await readChain();
    expect(chain.map(({ sequence }) => sequence)).toEqual(chain.map((_row, index) => index + 1));
    expect((await readEmails()).slice(-7)).toEqual(emails);
    let previousHash = FIRST_PREVIOUS_HASH;
    for (const row of chain) {
      expect(row.previousHash).toBe(previousHash);
      expect(hashRow(row)).toBe(row.hash);
      previousHash = row.hash;
    }
    expect(await db.auditUnchained.count()).toBe(0);
  });

  test("has lines in the order of their commits, not of their beginnings", async () => {
    const slow = beginRecord("began-first@example.test");
    await slow.begun;
    await withTransaction((tx) => record(tx, "committed-first@example.test"));
    await chainEvents();
    await slow.commit();
    await chainEvents();
    expect((await readEmails()).slice(-2)).toEqual(["committed-first@example.test", "began-first@example.test"]);
  });

  test("has no line of a transaction that was taken back", async () => {
    const before = await db.auditChainEntry.count();
    await expect(
      withTransaction(async (tx) => {
        await record(tx, "never@example.test");
        throw new Error("taken back");
      }),
    ).rejects.toThrow("taken back");
    await chainEvents();
    expect(await db.auditChainEntry.count()).toBe(before);
  });

  test("grows by one process at a time, and a change waits for none of them", async () => {
    await withTransaction(async (tx) => {
      expect(await tryLockName(tx, "latchkey audit chain")).toBe(true);
      await withTransaction((other) => record(other, "meanwhile@example.test"));
      await chainEvents();
      expect(await db.auditUnchained.count()).toBe(1);
    });
    await Promise.all(Array.from({ length: 6 }, () => chainEvents(2)));
    await chainEvents();
    const chain = await readChain();
    expect(new Set(chain.map(({ row }) => row.id)).size).toBe(chain.length);
    expect(await db.auditUnchained.count()).toBe(0);
  });
});

test("the head is signed, and the signature is that of the key in the database", async () => {
  const found = await db.auditCheckpoint.findFirstOrThrow({ orderBy: { sequence: "desc" } });
  const checkpoint = composeCheckpoint(found);
  const entry = await db.auditChainEntry.findUniqueOrThrow({ where: { sequence: found.sequence } });
  expect(checkpoint.hash).toBe(Buffer.from(entry.hash).toString("hex"));
  const [key] = await listSigningKeys();
  expect(key?.keyId).toBe(checkpoint.keyId);
  const text = composeSignedCheckpoint(checkpoint);
  expect(isSignedBy(key?.publicKey ?? "", text, checkpoint.signature)).toBe(true);
  expect(isSignedBy(key?.publicKey ?? "", `${text} `, checkpoint.signature)).toBe(false);
});

test.each([
  ["audit_events", "outcome = 'done'"],
  ["audit_chain", "hash = previous_hash"],
  ["audit_checkpoints", "at = now()"],
  ["audit_signing_keys", "public_key = ''"],
])("%s takes new rows only", async (table, change) => {
  for (const statement of [`UPDATE ${table} SET ${change}`, `DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`])
    await expect(db.$executeRawUnsafe(statement)).rejects.toThrow("append-only");
});

test("a line that is not in the chain cannot be forgotten", async () => {
  await withTransaction((tx) => record(tx, "waiting@example.test"));
  await expect(db.auditUnchained.deleteMany()).rejects.toThrow("not in the chain");
  await expect(db.$executeRawUnsafe("TRUNCATE audit_unchained")).rejects.toThrow("append-only");
  await chainEvents();
  expect((await readEmails()).at(-1)).toBe("waiting@example.test");
});
