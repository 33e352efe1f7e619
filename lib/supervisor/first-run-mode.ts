import { isLoopback, type PlannedSettings } from "@/lib/platform/config/resolve-settings";

export type FirstRunMode = "demo" | "empty";

/**
 * What to put into an empty installation. Demo data, with people who can sign in, is made without being asked
 * for only where nobody else can reach it and the database is our own; otherwise nothing is (undefined).
 */
export function chooseFirstRunMode(plan: PlannedSettings, asked: FirstRunMode | undefined): FirstRunMode | undefined {
  if (asked) return asked;
  const isPrivate = isLoopback(plan.HOST) && isLoopback(new URL(plan.LATCHKEY_URL).hostname.replace(/^\[|\]$/g, ""));
  return isPrivate && plan.DATABASE_URL === undefined ? "demo" : undefined;
}
