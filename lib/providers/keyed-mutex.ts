import { Mutex } from "async-mutex";
import { ProviderError } from "@/lib/providers/errors";
import { assertMayWrite } from "@/lib/providers/may-write";
import type { CallContext } from "@/lib/providers/provider";

/** By key. A mutex is dropped when nobody holds it or waits for it. */
const mutexes = new Map<string, Mutex>();

/**
 * Runs `work` while no other work runs under the same key in this process, in the order of the calls. Throws
 * `unavailable`, without running `work`, when the caller withdrew while it waited or may no longer write after it did.
 */
export async function runExclusive<T>(key: string, context: CallContext, work: () => Promise<T>): Promise<T> {
  const mutex = mutexes.get(key) ?? new Mutex();
  mutexes.set(key, mutex);
  const hasToWait = mutex.isLocked();
  try {
    return await mutex.runExclusive(async () => {
      if (context.signal.aborted)
        throw new ProviderError("unavailable", "given up while waiting for an earlier change");
      if (hasToWait) await assertMayWrite(context);
      return work();
    });
  } finally {
    // The mutex was passed on already if somebody waited for it.
    if (!mutex.isLocked() && mutexes.get(key) === mutex) mutexes.delete(key);
  }
}
