import { ProviderError } from "@/lib/providers/errors";
import { assertMayWrite } from "@/lib/providers/may-write";
import type { CallContext } from "@/lib/providers/provider";

const lastInLine = new Map<string, Promise<void>>();

/**
 * Runs `work` when everything that asked for a turn under this name before has ended, within this process. Whoever
 * gave up while waiting, or may not write any more after it, is told so and sends nothing.
 */
export async function takeTurn<T>(name: string, context: CallContext, work: () => Promise<T>): Promise<T> {
  const before = lastInLine.get(name);
  let end = () => {};
  const own = new Promise<void>((resolve) => {
    end = resolve;
  });
  lastInLine.set(name, own);
  try {
    await before;
    if (context.signal.aborted) throw new ProviderError("unavailable", "given up while waiting for an earlier change");
    if (before) await assertMayWrite(context);
    return await work();
  } finally {
    // The next in line waits for this one, which waited for those before.
    end();
    if (lastInLine.get(name) === own) lastInLine.delete(name);
  }
}
