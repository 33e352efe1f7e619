import { fork } from "node:child_process";
import { join } from "node:path";
import { findRoot } from "@/lib/platform/config/find-root";

/**
 * Bundles the web server, the worker and the built-in S3 server into dist/dev, and bundles them again each time one of
 * their sources changes. Resolves after the first bundling. After each later bundling, `onChange` gets the names of the
 * programs that changed. When a source cannot be bundled, the error is printed and nothing changes. Throws when the
 * watch ends before the first bundling.
 */
export async function watchPrograms(onChange: (names: string[]) => void, signal: AbortSignal): Promise<void> {
  const watch = fork(join(findRoot(), "bin/watch.mjs"), { cwd: findRoot(), signal });
  // An abort of the fork emits an error event too, and is intended.
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
