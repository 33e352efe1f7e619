import type { Client } from "pg";

/** What the portal's database says, read without the portal's code. */
export interface Ledger {
  keys: LedgerKey[];
  operations: LedgerOperation[];
  /** Principals that the portal has suspended, or may have. */
  suspensions: { principal: string; region: string; until: Date }[];
}

export interface LedgerKey {
  accessKeyId: string;
  state: string;
  project: string;
  region: string;
  /** The storage system's name for the project. */
  principal: string;
  endedAt: Date | null;
}

export interface LedgerOperation {
  kind: string;
  state: string;
  requestId: string;
  actorId: string;
  accessKeyId: string | null;
}

export async function readLedger(client: Client): Promise<Ledger> {
  const keys = await client.query<LedgerKey>(`
    SELECT k.access_key_id AS "accessKeyId", k.state::text, p.slug AS project, r.name AS region, o.external_id AS principal, k.ended_at AS "endedAt"
    FROM access_keys k JOIN projects p ON p.id = k.project_id JOIN regions r ON r.id = k.region_id JOIN principals o ON o.id = k.principal_id`);
  const operations = await client.query<LedgerOperation>(`
    SELECT o.kind::text, o.state::text, o.request_id AS "requestId", o.actor_id AS "actorId", k.access_key_id AS "accessKeyId"
    FROM operations o LEFT JOIN access_keys k ON k.id = o.key_id`);
  const suspensions = await client.query<Ledger["suspensions"][number]>(`
    SELECT o.external_id AS principal, r.name AS region, o.suspended_until AS until
    FROM principals o JOIN regions r ON r.id = o.region_id WHERE o.suspended_until IS NOT NULL`);
  return { keys: keys.rows, operations: operations.rows, suspensions: suspensions.rows };
}

/** The operation that created a key. */
export function findCreation({ operations }: Ledger, accessKeyId: string | undefined): LedgerOperation | undefined {
  return accessKeyId === undefined ? undefined : operations.find((operation) => operation.accessKeyId === accessKeyId);
}

/** States in which the portal still has something to do. */
const OPEN_KEYS = new Set(["CREATING", "ISSUED", "REVOKING", "RETIRING"]);
const OPEN_OPERATIONS = new Set(["PENDING", "DELIVERING", "UNDOING"]);

export function listOpenKeys({ keys }: Ledger): LedgerKey[] {
  return keys.filter(({ state }) => OPEN_KEYS.has(state));
}

export function listOpenOperations({ operations }: Ledger): LedgerOperation[] {
  return operations.filter(({ state }) => OPEN_OPERATIONS.has(state));
}

/** Whether the portal says that no gateway accepts the key any more. */
export const isGone = ({ state }: LedgerKey): boolean => state === "REVOKED" || state === "FAILED";
