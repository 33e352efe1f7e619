"use client";

import { useQuery } from "@tanstack/react-query";
import type { Card } from "@/lib/access-keys/schema";

/** The open card of another person has to show a change within 2 s. */
const POLL_MS = 1_500;

export type PollProblem = "signed-out" | "not-allowed" | "unreachable";

class PollError extends Error {
  readonly problem: PollProblem;

  constructor(status: number) {
    super(`the cards were answered with ${status}`);
    this.problem = status === 401 ? "signed-out" : status === 404 ? "not-allowed" : "unreachable";
  }
}

function nameProblem(error: Error | null): PollProblem | undefined {
  if (!error) return undefined;
  return error instanceof PollError ? error.problem : "unreachable";
}

async function fetchCards(project: string, signal: AbortSignal): Promise<Card[]> {
  const response = await fetch(`/api/projects/${project}/cards`, { signal, cache: "no-store" });
  if (!response.ok) throw new PollError(response.status);
  // Not part of the first load: the first cards come with the page.
  const { cardsSchema } = await import("@/lib/access-keys/schema");
  return cardsSchema.parse(await response.json()).cards;
}

interface PolledCards {
  cards: Card[];
  /** Why the cards may be out of date; undefined while they are fresh. */
  problem: PollProblem | undefined;
  refresh: () => void;
}

/** The cards of a project: first those that came with the page, then polled ones. A hidden tab does not poll. */
export function useCards(project: string, initial: Card[]): PolledCards {
  const query = useQuery({
    queryKey: ["cards", project],
    queryFn: ({ signal }) => fetchCards(project, signal),
    initialData: initial,
    staleTime: POLL_MS,
    // A poll does not bring back a session or a role, so it stops without one.
    refetchInterval: ({ state }) => ((nameProblem(state.error) ?? "unreachable") === "unreachable" ? POLL_MS : false),
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: "always",
    // A later visit starts from the cards that the server sends with the page.
    gcTime: 0,
  });
  return { cards: query.data, problem: nameProblem(query.error), refresh: () => void query.refetch() };
}
