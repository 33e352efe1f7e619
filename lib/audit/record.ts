import { type AuditData, type AuditEventName, type AuditOutcome, EVENT_DATA } from "@/lib/audit/events";
import type { Transaction } from "@/lib/platform/db/client";

/** The person who acts, from where, and with what. The program itself has no user id. */
export interface AuditActor {
  userId: string | null;
  name: string;
  address?: string | undefined;
  /** The public id of the session or token: `session:ID` or `token:ID`. */
  via?: string | undefined;
}

/** The program itself: the worker, and the command line before any user exists. */
export const SYSTEM_ACTOR: AuditActor = { userId: null, name: "Latchkey" };

export interface AuditEntry<E extends AuditEventName> {
  event: E;
  outcome: AuditOutcome;
  actor: AuditActor;
  data: AuditData<E>;
  projectId?: string | undefined;
  keyId?: string | undefined;
  requestId?: string | undefined;
}

/** Writes one line of the audit log, in the transaction of the change. Throws when the data does not fit the event. */
export async function recordEvent<E extends AuditEventName>(tx: Transaction, entry: AuditEntry<E>): Promise<void> {
  await tx.auditEvent.create({ data: composeRow(entry), select: { id: true } });
}

/** Writes lines of one event, as `recordEvent` writes each, in one statement. */
export async function recordEvents<E extends AuditEventName>(
  tx: Transaction,
  entries: readonly AuditEntry<E>[],
): Promise<void> {
  if (entries.length > 0) await tx.auditEvent.createMany({ data: entries.map((entry) => composeRow(entry)) });
}

function composeRow<E extends AuditEventName>(entry: AuditEntry<E>) {
  const { event, outcome, actor, projectId, keyId, requestId } = entry;
  return {
    event,
    outcome,
    data: EVENT_DATA[event].parse(entry.data),
    actorId: actor.userId,
    actorName: actor.name,
    address: actor.address ?? null,
    via: actor.via ?? null,
    projectId: projectId ?? null,
    keyId: keyId ?? null,
    requestId: requestId ?? null,
  };
}
