"use client";

import { useQuery } from "@tanstack/react-query";
import { type Card, cardsSchema } from "@/lib/access-keys/schema";

/** Another person's open card has to follow within 2 s. */
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
  return cardsSchema.parse(await response.json()).cards;
}

interface PolledCards {
  cards: Card[];
  /** Why the cards may be older than they look; undefined while they are fresh. */
  problem: PollProblem | undefined;
  refresh: () => void;
}

/** The cards of a project, from the first paint on and then as they change; rests in hidden tabs. */
export function useCards(project: string, initial: Card[]): PolledCards {
  const query = useQuery({
    queryKey: ["cards", project],
    queryFn: ({ signal }) => fetchCards(project, signal),
    initialData: initial,
    staleTime: POLL_MS,
    // Asking again does not bring back a session or a role.
    refetchInterval: ({ state }) => ((nameProblem(state.error) ?? "unreachable") === "unreachable" ? POLL_MS : false),
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: "always",
    // The portal is often on loopback or in a closed network: no internet says nothing about reaching it.
    networkMode: "always",
    // Coming back to the page starts from what the server has sent with it.
    gcTime: 0,
  });
  return { cards: query.data, problem: nameProblem(query.error), refresh: () => void query.refetch() };
}
