import { carryOutAdjustment } from "@/lib/access-keys/lifecycle/carry-out";
import { settleOperation } from "@/lib/access-keys/repair/undo";
import type { JobPayload } from "@/lib/jobs/jobs";
import { readOperation } from "@/lib/operations/data";
import { isAdjusting } from "@/lib/operations/rules";
import { AppError } from "@/lib/platform/errors";

/** Fails, and is tried again, until the operation is settled. */
export async function handleSettleOperation({ operationId }: JobPayload<"settle-operation">): Promise<void> {
  const operation = await readOperation(operationId);
  const outcome =
    operation && isAdjusting(operation.kind)
      ? await carryOutAdjustment(operationId, operation.principalId)
      : await settleOperation(operationId);
  if (outcome !== "settled") throw new AppError("UNAVAILABLE", `operation ${operationId} is not settled: ${outcome}`);
}
