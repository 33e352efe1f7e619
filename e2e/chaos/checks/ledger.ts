import type { Client } from "pg";
import type { Slot } from "../history";

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
  /** `default`, or the name of a named key. */
  slot: string;
  /** The storage system's name for the project. */
  principal: string;
  endedAt: Date | null;
  expiresAt: Date | null;
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
    SELECT k.access_key_id AS "accessKeyId", k.state::text, p.slug AS project, r.name AS region, k.slot, o.external_id AS principal, k.ended_at AS "endedAt",
           k.expires_at AS "expiresAt"
    FROM access_keys k JOIN projects p ON p.id = k.project_id JOIN regions r ON r.id = k.region_id JOIN principals o ON o.id = k.principal_id`);
  const operations = await client.query<LedgerOperation>(`
    SELECT o.kind::text, o.state::text, o.request_id AS "requestId", o.actor_id AS "actorId", k.access_key_id AS "accessKeyId"
    FROM operations o LEFT JOIN access_keys k ON k.id = o.key_id`);
  const suspensions = await client.query<Ledger["suspensions"][number]>(`
    SELECT o.external_id AS principal, r.name AS region, o.suspended_until AS until
    FROM principals o JOIN regions r ON r.id = o.region_id WHERE o.suspended_until IS NOT NULL`);
  return { keys: keys.rows, operations: operations.rows, suspensions: suspensions.rows };
}

const CREATING_KINDS = new Set(["ENABLE", "REGENERATE"]);

/** The operation that created a key. */
export function findCreation({ operations }: Ledger, accessKeyId: string | undefined): LedgerOperation | undefined {
  return operations.find(
    (operation) =>
      CREATING_KINDS.has(operation.kind) && operation.accessKeyId === accessKeyId && accessKeyId !== undefined,
  );
}

/** States in which the portal still has something to do. */
const OPEN_KEYS = new Set(["CREATING", "ISSUED", "REVOKING"]);
const OPEN_OPERATIONS = new Set(["PENDING", "DELIVERING", "UNDOING"]);

export function listOpenKeys({ keys }: Ledger): LedgerKey[] {
  return keys.filter((key) => OPEN_KEYS.has(key.state) || expiresSoon(key));
}

/** Dates are far away, or so near that they pass while the portal settles. */
const SOON_MS = 3_600_000;

/** Whether the portal ends the time of the key within minutes. An overlap outlasts the run. */
function expiresSoon({ state, expiresAt }: LedgerKey): boolean {
  const isDue = expiresAt !== null && expiresAt.getTime() < Date.now() + SOON_MS;
  return isDue && (state === "ACTIVE" || state === "INACTIVE" || state === "RETIRING");
}

export function listOpenOperations({ operations }: Ledger): LedgerOperation[] {
  return operations.filter(({ state }) => OPEN_OPERATIONS.has(state));
}

/** Whether a key is or was in a slot. */
export const isInSlot = (key: LedgerKey, { project, region, name = "default" }: Slot): boolean =>
  key.project === project && key.region === region && key.slot === name;

/** Whether the key is the old one of an overlap: it works beside its successor. */
export const isRetiring = ({ state }: LedgerKey): boolean => state === "RETIRING";

/** Whether this is the key of its slot, which works or is switched off. */
export const isCurrent = ({ state }: LedgerKey): boolean => state === "ACTIVE" || isSwitchedOff({ state });

/** Whether the portal says that the key is switched off. */
export const isSwitchedOff = ({ state }: Pick<LedgerKey, "state">): boolean =>
  state === "INACTIVE" || state === "EXPIRED";

/** Whether the portal says that no gateway accepts the key any more. */
export const isGone = ({ state }: LedgerKey): boolean => state === "REVOKED" || state === "FAILED";
