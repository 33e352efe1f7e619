import type { Transaction } from "@/lib/platform/db/client";
import { Prisma, type PrismaClient } from "@/prisma/generated/client";

/**
 * The SQL by hand, all of it: row locks, the database's clock, advisory locks and the jobs of the
 * queue. Prisma has no word for them.
 *
 * Every transaction takes its locks in one order: user, project, membership, principal, region,
 * operation, key, receipt. Of a bulk revocation: user, bulk revocation.
 * Two transactions that keep the order cannot wait for each other in a circle.
 */

/** The tables whose rows are locked by their id. */
export type LockedTable =
  "users" | "projects" | "regions" | "principals" | "operations" | "receipts" | "bulk_revocations";

/** `share` keeps others from changing the row. `update` also keeps them from locking it. */
export type LockMode = "share" | "update";

const TABLES: Record<LockedTable, Prisma.Sql> = {
  users: Prisma.sql`users`,
  projects: Prisma.sql`projects`,
  regions: Prisma.sql`regions`,
  principals: Prisma.sql`principals`,
  operations: Prisma.sql`operations`,
  receipts: Prisma.sql`receipts`,
  bulk_revocations: Prisma.sql`bulk_revocations`,
};

const MODES: Record<LockMode, Prisma.Sql> = {
  share: Prisma.sql`FOR SHARE`,
  update: Prisma.sql`FOR UPDATE`,
};

/**
 * Locks a row until the transaction ends. Does nothing when there is no such row. The caller reads the row after this
 * call: what was read before may have changed while the lock was waited for.
 */
export async function lockRow(tx: Transaction, table: LockedTable, id: string, mode: LockMode): Promise<void> {
  await tx.$queryRaw`SELECT id FROM ${TABLES[table]} WHERE id = ${id}::uuid ${MODES[mode]}`;
}

/** Locks rows of a table for update, in the order of their ids, so that two callers never wait in a circle. */
export async function lockRows(tx: Transaction, table: LockedTable, ids: string[]): Promise<void> {
  await tx.$queryRaw`SELECT id FROM ${TABLES[table]} WHERE id = ANY(${ids}::uuid[]) ORDER BY id FOR UPDATE`;
}

/** Locks a person's role in a project against changes. Does nothing when the person has none. */
export async function lockMembership(tx: Transaction, projectId: string, userId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT role FROM memberships WHERE project_id = ${projectId}::uuid AND user_id = ${userId}::uuid FOR SHARE`;
}

/** Waits until no other transaction holds the lock of this name, and holds it until the transaction ends. */
export async function lockName(tx: Transaction, name: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${name}))`;
}

/** Takes the lock of this name until the transaction ends. False, and no wait, while another transaction holds it. */
export async function tryLockName(tx: Transaction, name: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ taken: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(hashtext(${name})) AS taken`;
  return row?.taken ?? false;
}

/**
 * Lets a transaction wait for longer than the server allows otherwise, for a lock and between its statements. For a
 * transaction that holds no lock but that of a name. Milliseconds.
 */
export async function allowWaiting(tx: Transaction, ms: number): Promise<void> {
  const limit = String(ms);
  await tx.$executeRaw`
    SELECT set_config('idle_in_transaction_session_timeout', ${limit}, true),
           set_config('lock_timeout', ${limit}, true),
           set_config('statement_timeout', ${limit}, true)`;
}

/**
 * The database's clock, which all processes share. It goes on inside a transaction: read after a lock was waited for, it
 * is not earlier than the last change of the locked row.
 */
export async function readDatabaseClock(client: Transaction | PrismaClient): Promise<Date> {
  const [row] = await client.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  if (!row) throw new Error("the database did not tell the time");
  return row.now;
}

/** Whether the lease of a principal with this fence lasts, by the database's clock. One query: it is asked before writes. */
export async function isLeaseHeld(client: PrismaClient, principalId: string, fence: bigint): Promise<boolean> {
  const rows = await client.$queryRaw<object[]>`
    SELECT 1 FROM principals WHERE id = ${principalId}::uuid AND fence = ${fence} AND lease_until > clock_timestamp()`;
  return rows.length === 1;
}

/** The names of the jobs that wait and whose time has come. */
export async function listDueJobNames(client: PrismaClient): Promise<string[]> {
  const rows = await client.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT name FROM pgboss.job WHERE state IN ('created', 'retry') AND start_after <= now()`;
  return rows.map(({ name }) => name);
}

/** A job of the queue. */
export interface QueuedJob {
  id: string;
  name: string;
  /** Its payload. */
  data: unknown;
  /** What keeps it from being there twice. */
  key: string | null;
  state: string;
  /** How often it was tried again. */
  retries: number;
  createdAt: Date;
  /** Why the last try failed; null when no try failed. */
  error: string | null;
}

const JOB = Prisma.sql`
  id, name, data, singleton_key AS key, state::text AS state, retry_count AS retries,
  date_trunc('milliseconds', created_on) AS "createdAt", output ->> 'message' AS error`;

/**
 * The jobs of these names whose last try failed, and which wait for another or were given up, the newest first, those
 * after `before`. One that was given up is left out when a later job of its key is there.
 */
export async function listFailedJobs(
  client: PrismaClient,
  { names, before, take }: { names: string[]; before?: { at: Date; id: string } | undefined; take: number },
): Promise<QueuedJob[]> {
  const at = before?.at ?? new Date("9999-01-01");
  const id = before?.id ?? "ffffffff-ffff-ffff-ffff-ffffffffffff";
  return client.$queryRaw<QueuedJob[]>`
    SELECT ${JOB} FROM pgboss.job AS job
    WHERE name = ANY(${names}) AND state IN ('retry', 'failed')
      AND (date_trunc('milliseconds', created_on), id) < (${at}, ${id}::uuid)
      AND NOT EXISTS (
        SELECT FROM pgboss.job AS later
        WHERE job.state = 'failed' AND later.name = job.name AND later.singleton_key = job.singleton_key
          AND later.created_on > job.created_on)
    ORDER BY date_trunc('milliseconds', created_on) DESC, id DESC LIMIT ${take}`;
}

/** The unfinished jobs with these keys. */
export async function listUnfinishedJobs(client: PrismaClient, keys: string[]): Promise<QueuedJob[]> {
  return client.$queryRaw<QueuedJob[]>`
    SELECT ${JOB} FROM pgboss.job
    WHERE state <= 'active' AND policy = 'exclusive' AND COALESCE(singleton_key, '') = ANY(${keys})`;
}

/** A job whose last try failed, by its id. Undefined when there is none, and when it has gone on since. */
export async function findFailedJob(tx: Transaction, id: string): Promise<QueuedJob | undefined> {
  const [job] = await tx.$queryRaw<QueuedJob[]>`
    SELECT ${JOB} FROM pgboss.job WHERE id = ${id}::uuid AND state IN ('retry', 'failed')`;
  return job;
}
