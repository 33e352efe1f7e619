import { listUnfinishedRevocations } from "@/lib/access-keys/data";
import { revokeKey } from "@/lib/access-keys/mutations/revoke-key";
import { settleOperation } from "@/lib/access-keys/mutations/undo-operation";
import { listOverdueOperations } from "@/lib/operations/data";
import { logger } from "@/lib/platform/logger";

const AT_ONCE = 100;

/**
 * Finishes what has no job left to finish it: overdue operations and decided ends, whatever crashed in between.
 * Bounded a run; what remains is the next run's. One that fails does not hold back the others.
 */
export async function handleReconcile(): Promise<void> {
  for (const operationId of await listOverdueOperations(AT_ONCE)) {
    await settleOperation(operationId).catch((error: unknown) => {
      logger.warn({ err: error, operationId }, "an overdue operation could not be undone yet");
    });
  }
  for (const keyId of await listUnfinishedRevocations(AT_ONCE)) {
    await revokeKey(keyId).catch((error: unknown) => {
      logger.warn({ err: error, keyId }, "a revocation could not be finished yet");
    });
  }
}
