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
  const data = EVENT_DATA[entry.event].parse(entry.data);
  const { event, outcome, actor, projectId, keyId, requestId } = entry;
  await tx.auditEvent.create({
    data: {
      event,
      outcome,
      data,
      actorId: actor.userId,
      actorName: actor.name,
      address: actor.address ?? null,
      via: actor.via ?? null,
      projectId: projectId ?? null,
      keyId: keyId ?? null,
      requestId: requestId ?? null,
    },
    select: { id: true },
  });
}
