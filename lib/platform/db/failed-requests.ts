import { nameUnavailable } from "@/lib/platform/db/unavailable";
import { AppError } from "@/lib/platform/errors";

// Next bundles a module once for each kind of entry point. All copies share one list per process.
const shared = globalThis as typeof globalThis & { latchkeyFailedRequests?: Map<string, boolean> };
const watched = (shared.latchkeyFailedRequests ??= new Map<string, boolean>());

/** Tells whether a request failed because the database did not answer. */
export interface WatchedRequest {
  hasFailed: () => boolean;
  forget: () => void;
}

/** Watches a request from now on. `forget` it when it is answered. */
export function watchRequest(id: string): WatchedRequest {
  watched.set(id, false);
  return { hasFailed: () => watched.get(id) === true, forget: () => void watched.delete(id) };
}

/** Notes the error with which a request failed. Does nothing for a request that nobody watches. */
export function noteFailure(id: string, thrown: unknown): void {
  const error = nameUnavailable(thrown);
  if (watched.has(id) && error instanceof AppError && error.code === "UNAVAILABLE") watched.set(id, true);
}
