import "server-only";
import { describeEvent } from "@/lib/audit/describe";
import type { HistoryLine } from "@/lib/access-keys/schema";
import type { ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";

/** The oldest lines of a longer history are left out. */
const HISTORY_MAX = 200;

/** The history of one key of the project as sentences, oldest first; empty when it is not the project's. */
export async function loadKeyHistory(scope: ProjectScope, keyId: string): Promise<HistoryLine[]> {
  return readKeyHistory({ keyId, projectId: scope.projectId });
}

/** The history of a key in whatever project. For those who may find keys: the caller checks. */
export async function readKeyHistory(where: { keyId: string; projectId?: string }): Promise<HistoryLine[]> {
  const orderBy = [{ at: "desc" as const }, { id: "desc" as const }];
  const events = await db.auditEvent.findMany({ where, orderBy, take: HISTORY_MAX });
  return events.reverse().map((event) => ({ at: event.at.toISOString(), sentence: describeEvent(event) }));
}
