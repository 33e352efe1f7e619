import { fork } from "node:child_process";
import { join } from "node:path";
import { findRoot } from "@/lib/platform/config/find-root";

/**
 * Bundles the web server, the worker and the built-in S3 server into dist/dev, and again each time a source of theirs
 * changes. Resolves after the first time; `onChange` then gets the names of the programs that changed. A source that
 * cannot be bundled is printed and changes nothing. Throws when the watch ends before the programs are there.
 */
export async function watchPrograms(onChange: (names: string[]) => void, signal: AbortSignal): Promise<void> {
  const watch = fork(join(findRoot(), "bin/watch.mjs"), { cwd: findRoot(), signal });
  // An aborted fork is an error event too, and is wanted.
  watch.on("error", () => undefined);
  await new Promise<void>((resolve, reject) => {
    watch.once("message", () => resolve());
    watch.once("exit", () => reject(new Error("The programs could not be bundled; the cause is printed above.")));
  });
  watch.on("message", (names) => onChange(names as string[]));
  watch.once("exit", () => {
    if (!signal.aborted) console.error("Changes are no longer watched; start `npm run dev` again.");
  });
}
