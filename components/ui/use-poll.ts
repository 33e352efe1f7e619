"use client";

import { type Query, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { getQueryClient } from "@/components/ui/query-client";

/** How often a portal that does not answer is asked. Milliseconds. */
const RETRY_MS = 5_000;

export type PollProblem = "signed-out" | "not-allowed" | "unreachable";

class PollError extends Error {
  readonly problem: PollProblem;

  constructor(status: number) {
    super(`the poll was answered with ${status}`);
    this.problem = status === 401 ? "signed-out" : status === 404 ? "not-allowed" : "unreachable";
  }
}

function nameProblem(error: Error | null): PollProblem | undefined {
  if (!error) return undefined;
  return error instanceof PollError ? error.problem : "unreachable";
}

/** When to ask again. Milliseconds; false for never: a poll does not bring back a session or a role. */
function chooseInterval(problem: PollProblem | undefined, everyMs: number): number | false {
  if (problem === undefined) return everyMs;
  return problem === "unreachable" ? Math.min(everyMs, RETRY_MS) : false;
}

async function fetchJson<T>(address: string, parse: Parse<T>, signal: AbortSignal): Promise<T> {
  const response = await fetch(address, { signal, cache: "no-store" });
  if (!response.ok) throw new PollError(response.status);
  return parse(await response.json());
}

/** Asks the routes of all polls that have no problem yet. */
function askOthers(): void {
  const filters = {
    queryKey: ["poll"],
    type: "active",
    predicate: ({ state }: Query) => state.error === null,
  } as const;
  void getQueryClient().refetchQueries(filters, { cancelRefetch: false });
}

type Parse<T> = (body: unknown) => Promise<T>;

interface PollOptions<T extends object> {
  /** A route that answers with JSON. */
  address: string;
  /** What came with the page. */
  initial: T;
  /** How often the route is asked. Milliseconds. */
  everyMs: number;
  parse: Parse<T>;
  /** Whether what came with the page is out of date by now: then the route is asked at once. */
  isOld?: boolean;
}

interface Polled<T> {
  data: T;
  /** Why the data may be out of date; undefined while it is fresh. */
  problem: PollProblem | undefined;
  /** Asks now. It is the same function at every render. */
  refresh: () => void;
}

/**
 * What came with the page first, and then what a polling route answers. A hidden tab does not poll. When a poll meets a
 * problem, the other polls of the page ask at once: the whole page then tells the same.
 */
export function usePoll<T extends object>({
  address,
  initial,
  everyMs,
  parse,
  isOld = false,
}: PollOptions<T>): Polled<T> {
  const { data, error, refetch } = useQuery<object, Error>(
    {
      queryKey: ["poll", address],
      queryFn: ({ signal }) => fetchJson<object>(address, parse, signal),
      initialData: initial,
      ...(isOld ? { initialDataUpdatedAt: 0 } : {}),
      staleTime: everyMs,
      refetchInterval: ({ state }) => chooseInterval(nameProblem(state.error), everyMs),
      refetchIntervalInBackground: false,
      refetchOnWindowFocus: "always",
      // A later visit starts from what the server sends with the page.
      gcTime: 0,
    },
    getQueryClient(),
  );
  const refresh = useCallback(() => void refetch(), [refetch]);
  const problem = nameProblem(error);
  useEffect(() => {
    if (problem) askOthers();
  }, [problem]);
  return { data: data as T, problem, refresh };
}
