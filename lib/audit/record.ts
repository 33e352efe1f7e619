import { type AuditData, type AuditEventName, type AuditOutcome, EVENT_DATA } from "@/lib/audit/events";
import type { Transaction } from "@/lib/platform/db/client";

/** Who did it and from where. The program itself has no user id. */
export interface AuditActor {
  userId: string | null;
  name: string;
  address?: string | undefined;
}

/** The program acting on its own: the worker, the command line before anyone exists. */
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

/** Writes one line of the audit log, in the transaction of the change it tells of. Throws when the shape is wrong. */
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
      projectId: projectId ?? null,
      keyId: keyId ?? null,
      requestId: requestId ?? null,
    },
    select: { id: true },
  });
}
