import type { PlannedSettings } from "@/lib/platform/config/resolve-settings";
import { isLoopback } from "@/lib/platform/net/host";

export type FirstRunMode = "demo" | "empty";

/**
 * Chooses the data for an empty installation. The requested mode wins, and development gets demo data. Demo data
 * includes people who can sign in. It is therefore the default only when the database is the embedded database and when
 * only this machine can reach the portal. In all other cases the result is undefined, and nothing is created.
 */
export function chooseFirstRunMode(
  plan: PlannedSettings,
  asked: { mode: FirstRunMode | undefined; dev: boolean },
): FirstRunMode | undefined {
  if (asked.mode) return asked.mode;
  const isPrivate = isLoopback(plan.HOST) && isLoopback(new URL(plan.LATCHKEY_URL).hostname);
  return asked.dev || (isPrivate && plan.DATABASE_URL === undefined) ? "demo" : undefined;
}
