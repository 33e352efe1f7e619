"use client";

import { useQuery } from "@tanstack/react-query";
import { type Card, cardsSchema } from "@/lib/access-keys/schema";

/** Another person's open card has to follow within 2 s. */
const POLL_MS = 1_500;

class PollError extends Error {
  readonly signedOut: boolean;

  constructor(status: number) {
    super(`the cards were answered with ${status}`);
    this.signedOut = status === 401;
  }
}

async function fetchCards(project: string, signal: AbortSignal): Promise<Card[]> {
  const response = await fetch(`/api/projects/${project}/cards`, { signal, cache: "no-store" });
  if (!response.ok) throw new PollError(response.status);
  return cardsSchema.parse(await response.json()).cards;
}

interface PolledCards {
  cards: Card[];
  /** Why the cards may be older than they look; undefined while they are fresh. */
  problem: "signed-out" | "unreachable" | undefined;
  refresh: () => void;
}

/** The cards of a project, from the first paint on and then as they change; rests in hidden tabs. */
export function useCards(project: string, initial: Card[]): PolledCards {
  const query = useQuery({
    queryKey: ["cards", project],
    queryFn: ({ signal }) => fetchCards(project, signal),
    initialData: initial,
    staleTime: POLL_MS,
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: false,
    refetchOnWindowFocus: "always",
    // The portal is often on loopback or in a closed network: no internet says nothing about reaching it.
    networkMode: "always",
  });
  const signedOut = query.error instanceof PollError && query.error.signedOut;
  return {
    cards: query.data,
    problem: query.error ? (signedOut ? "signed-out" : "unreachable") : undefined,
    refresh: () => void query.refetch(),
  };
}
