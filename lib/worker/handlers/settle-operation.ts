import { settleOperation } from "@/lib/access-keys/repair/undo";
import type { JobPayload } from "@/lib/jobs/jobs";
import { AppError } from "@/lib/platform/errors";

/** Fails, and is tried again, until the operation is settled. */
export async function handleSettleOperation({ operationId }: JobPayload<"settle-operation">): Promise<void> {
  const outcome = await settleOperation(operationId);
  if (outcome !== "settled") throw new AppError("UNAVAILABLE", `operation ${operationId} is not settled: ${outcome}`);
}
