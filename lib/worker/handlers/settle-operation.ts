import { settleOperation } from "@/lib/access-keys/mutations/undo-operation";
import type { JobPayload } from "@/lib/jobs/jobs";

export function handleSettleOperation({ operationId }: JobPayload<"settle-operation">): Promise<void> {
  return settleOperation(operationId);
}
