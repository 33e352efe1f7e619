import { startCluster, type StartedCluster } from "@/lib/postgres/cluster";
import { isAlive } from "@/lib/platform/process-state";
import { delayBeforeRestart } from "@/lib/supervisor/backoff";

const CHECK_EVERY_MS = 1_000;

/**
 * Starts the embedded database again when it dies. When another program has taken the port by then, the database moves
 * to another port, and `onMoved` gets the new URL. Returns a function that ends the watch and waits for a start in
 * progress.
 */
export function watchDatabase(
  dataDir: string,
  first: StartedCluster,
  onMoved: (url: string) => void,
): () => Promise<void> {
  let cluster = first;
  let failures = 0;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();

  const check = async () => {
    if (isAlive(cluster.pid)) return;
    console.error("PostgreSQL ended; starting it again");
    try {
      const before = cluster.url;
      cluster = await startCluster(dataDir, "up");
      failures = 0;
      if (cluster.url !== before) onMoved(cluster.url);
    } catch (error) {
      failures += 1;
      console.error(error instanceof Error ? error.message : error);
    }
  };
  const loop = () => {
    working = check().then(() => {
      if (!stopped) timer = setTimeout(loop, failures > 0 ? delayBeforeRestart(failures) : CHECK_EVERY_MS);
    });
  };
  timer = setTimeout(loop, CHECK_EVERY_MS);
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await working;
  };
}
