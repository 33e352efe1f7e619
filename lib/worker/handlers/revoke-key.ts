import { setTimeout as pause } from "node:timers/promises";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import type { JobPayload } from "@/lib/jobs/jobs";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";

/** Less than a job may take. When a gateway keeps a removed key for longer, the measurement goes on beside the job. */
const WAIT_MS = 40_000;

export async function handleRevokeKey({ keyId }: JobPayload<"revoke-key">): Promise<void> {
  const revocation = revokeKey(keyId).then(() => "over" as const);
  const outcome = await Promise.race([revocation, pause(WAIT_MS, "waiting" as const, { ref: false })]);
  if (outcome === "over") return;
  revocation.catch((error: unknown) => logger.warn({ err: error, keyId }, "the measurement did not end well"));
  throw new AppError("UNAVAILABLE", "a gateway is still being measured");
}
