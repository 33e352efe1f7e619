"use client";

import { loadConfigured } from "@/components/ui/load-schema";
import { type PollProblem, usePoll } from "@/components/ui/use-poll";
import type { Card } from "@/lib/access-keys/schema";

/** The open card of another person has to show a change within 2 s. */
const POLL_MS = 1_500;

async function parseCards(body: unknown): Promise<Card[]> {
  // Not part of the first load: the first cards come with the page.
  const { cardsSchema } = await loadConfigured(() => import("@/lib/access-keys/schema"));
  return cardsSchema.parse(body).cards;
}

export interface PolledCards {
  cards: Card[];
  /** Why the cards may be out of date; undefined while they are fresh. */
  problem: PollProblem | undefined;
  refresh: () => void;
}

/**
 * The cards of a project: first those that came with the page, then polled ones. `isOld`: what came with the page is out
 * of date by now.
 */
export function useCards(project: string, initial: Card[], { isOld = false } = {}): PolledCards {
  const address = `/api/projects/${project}/cards`;
  const { data, ...poll } = usePoll({ address, initial, everyMs: POLL_MS, parse: parseCards, isOld });
  return { cards: data, ...poll };
}
