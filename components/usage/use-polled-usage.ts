"use client";

import { loadConfigured } from "@/components/ui/load-schema";
import { usePoll } from "@/components/ui/use-poll";
import type { RegionUsage } from "@/lib/usage/schema";

/** How often an open page asks for figures. Milliseconds. */
export const USAGE_POLL_MS = 30_000;

async function parseUsage(body: unknown): Promise<RegionUsage[]> {
  const { regionUsagesSchema } = await loadConfigured(() => import("@/lib/usage/schema"));
  return regionUsagesSchema.parse(body);
}

/** The figures of a project: first those that came with the page, then polled ones. All who ask share one poll. */
export function usePolledUsage(project: string, initial: RegionUsage[]) {
  const address = `/api/projects/${project}/usage`;
  return usePoll({ address, initial, everyMs: USAGE_POLL_MS, parse: parseUsage, isOld: true });
}
