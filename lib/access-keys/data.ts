import "server-only";
import { CURRENT_STATES, type KeyEvent, type KeyState, moveKeyState, statesThatAllow } from "@/lib/access-keys/rules";
import { sql, type Statements } from "@/lib/platform/sql";

/** The slot that the cards show. */
export const DEFAULT_SLOT = "default";

export interface SlotKey {
  id: string;
  accessKeyId: string;
  state: KeyState;
}

const LIVE_STATES: KeyState[] = ["CREATING", "ISSUED", "ACTIVE", "INACTIVE", "RETIRING", "EXPIRED"];

/**
 * The keys of a project's default slot in a region (by name) that can still be ended. They stand only while their
 * principal is locked.
 */
export function listLiveKeys(tx: Statements, projectId: string, region: string): Promise<SlotKey[]> {
  return tx.$queryRaw<SlotKey[]>`
    SELECT id, access_key_id AS "accessKeyId", state::text FROM access_keys
    WHERE principal_id = (
        SELECT p.id FROM principals p JOIN regions r ON r.id = p.region_id
        WHERE p.project_id = ${projectId}::uuid AND r.name = ${region})
      AND slot = ${DEFAULT_SLOT} AND state = ANY(${LIVE_STATES}::access_key_state[])
    ORDER BY created_at`;
}

/** Those of them that are current: what a new pair takes the place of. */
export async function listCurrentKeys(tx: Statements, projectId: string, region: string): Promise<SlotKey[]> {
  return (await listLiveKeys(tx, projectId, region)).filter((key) => CURRENT_STATES.includes(key.state));
}

/** The access key ids of a principal, in all slots: those meant to work, now or again, and those whose end is decided. */
export async function listWorkingKeys(principalId: string): Promise<{ working: string[]; ending: string[] }> {
  const keys = await sql.$queryRaw<{ accessKeyId: string; state: KeyState }[]>`
    SELECT access_key_id AS "accessKeyId", state::text FROM access_keys
    WHERE principal_id = ${principalId}::uuid AND state = ANY(${[...LIVE_STATES, "REVOKING"]}::access_key_state[])`;
  const ids = (ending: boolean) =>
    keys.filter((key) => (key.state === "REVOKING") === ending).map((key) => key.accessKeyId);
  return { working: ids(false), ending: ids(true) };
}

/** Whether a key of the principal, in any slot, is to be removed and is not yet proved gone. */
export async function isRemovalOpen(tx: Statements, principalId: string): Promise<boolean> {
  const open = await tx.$queryRaw<unknown[]>`
    SELECT FROM access_keys WHERE principal_id = ${principalId}::uuid AND state = 'REVOKING' AND removed_at IS NULL LIMIT 1`;
  return open.length > 0;
}

export interface NewKey {
  id: string;
  projectId: string;
  regionId: string;
  principalId: string;
  accessKeyId: string;
  createdById: string;
}

/** Writes a key down before the storage system is asked for it. */
export async function insertKey(tx: Statements, key: NewKey): Promise<void> {
  await tx.$queryRaw`
    INSERT INTO access_keys (id, project_id, region_id, principal_id, slot, access_key_id, state, created_by_id)
    VALUES (${key.id}::uuid, ${key.projectId}::uuid, ${key.regionId}::uuid, ${key.principalId}::uuid, ${DEFAULT_SLOT},
      ${key.accessKeyId}, 'CREATING', ${key.createdById}::uuid)`;
}

/** What a move may write down besides the state. What is left out stays. */
export interface KeyFacts {
  activatedAt?: Date;
  endedAt?: Date;
  endedById?: string | null;
  endReason?: string;
  removedAt?: Date;
}

/**
 * Moves a key by an event of the state table, or by several that happen at once, if its state allows it when the row is
 * written. False when it did not: someone else moved it first.
 */
export async function moveKey(
  tx: Statements,
  keyId: string,
  events: KeyEvent | readonly [KeyEvent, ...KeyEvent[]],
  facts: KeyFacts = {},
): Promise<boolean> {
  const [first, ...others] = typeof events === "string" ? [events] : events;
  const after = (source: KeyState) =>
    [first, ...others].reduce<KeyState | undefined>((state, event) => state && moveKeyState(state, event), source);
  const from = statesThatAllow(first).filter((source) => after(source) !== undefined);
  const [state] = new Set(from.map(after));
  const moved = await tx.$queryRaw<unknown[]>`
    UPDATE access_keys SET state = ${state}::access_key_state,
      activated_at = COALESCE(${facts.activatedAt ?? null}::timestamptz, activated_at),
      ended_at = COALESCE(${facts.endedAt ?? null}::timestamptz, ended_at),
      ended_by_id = COALESCE(${facts.endedById ?? null}::uuid, ended_by_id),
      end_reason = COALESCE(${facts.endReason ?? null}::text, end_reason),
      removed_at = COALESCE(${facts.removedAt ?? null}::timestamptz, removed_at)
    WHERE id = ${keyId}::uuid AND state = ANY(${from}::access_key_state[]) RETURNING id`;
  return moved.length === 1;
}

/** Writes down that the storage system proved now that it has not the key; the first time counts. */
export async function noteRemoval(tx: Statements, keyId: string): Promise<void> {
  await tx.$queryRaw`UPDATE access_keys SET removed_at = now() WHERE id = ${keyId}::uuid AND removed_at IS NULL`;
}

/** A key whose end is decided. Undefined when it is not, or no more. */
export async function findRevoking(keyId: string): Promise<RevokingRow | undefined> {
  const [key] = await sql.$queryRaw<RevokingRow[]>`
    SELECT k.id, k.access_key_id AS "accessKeyId", k.project_id AS "projectId", k.principal_id AS "principalId",
      k.removed_at AS "removedAt", p.external_id AS "externalId", r.name AS region
    FROM access_keys k JOIN principals p ON p.id = k.principal_id JOIN regions r ON r.id = k.region_id
    WHERE k.id = ${keyId}::uuid AND k.state = 'REVOKING'`;
  return key;
}

export interface RevokingRow {
  id: string;
  accessKeyId: string;
  projectId: string;
  principalId: string;
  removedAt: Date | null;
  /** Its principal's name on the storage system. */
  externalId: string;
  /** By name. */
  region: string;
}

/** Keys whose end was decided a while ago and is not carried out. By id, those after `after`. */
export async function listUnfinishedRevocations(after: string, limit: number): Promise<string[]> {
  const rows = await sql.$queryRaw<{ id: string }[]>`
    SELECT id FROM access_keys
    WHERE id > ${after}::uuid AND state = 'REVOKING' AND ended_at < now() - interval '10 seconds'
    ORDER BY id LIMIT ${limit}`;
  return rows.map((row) => row.id);
}
