import type { PlannedSettings } from "@/lib/platform/config/resolve-settings";
import { isLoopback } from "@/lib/platform/net/host";

export type FirstRunMode = "demo" | "empty";

/**
 * What to put into an empty installation: what was asked for, and demo data in development. Otherwise demo data, which
 * includes people who can sign in, is made only where nobody else can reach it and the database is the embedded one.
 * In all other cases nothing is made (undefined).
 */
export function chooseFirstRunMode(
  plan: PlannedSettings,
  asked: { mode: FirstRunMode | undefined; dev: boolean },
): FirstRunMode | undefined {
  if (asked.mode) return asked.mode;
  const isPrivate = isLoopback(plan.HOST) && isLoopback(new URL(plan.LATCHKEY_URL).hostname);
  return asked.dev || (isPrivate && plan.DATABASE_URL === undefined) ? "demo" : undefined;
}
