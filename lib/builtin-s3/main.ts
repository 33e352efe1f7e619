import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { readConfig } from "./config";
import { startBuiltinS3, type StartedRegion } from "./server";

async function run(): Promise<void> {
  const server = await startBuiltinS3(readConfig());
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, "built-in S3 server stops");
    server.close().then(
      () => process.exit(0),
      (err: unknown) => fail(err),
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  // A parent that forked this process with a channel is gone: nobody else would stop this process.
  process.on("disconnect", () => stop("parent gone"));
  for (const { lost } of server.regions) if (lost) process.stderr.write(`built-in S3 server: ${lost}.\n`);
  process.send?.(describeStores(server.regions));
  // Logged last: a caller that waits for this line may then send a signal.
  logger.info(
    { regions: server.regions, admin: server.adminUrl },
    "built-in S3 server: for evaluation; production belongs on a real storage system",
  );
}

/** What the supervisor hears: at a later start each region must have the store that it has now. */
function describeStores(regions: readonly StartedRegion[]): { stores: Record<string, string> } {
  return { stores: Object.fromEntries(regions.flatMap(({ name, store }) => (store ? [[name, store]] : []))) };
}

function fail(reason: unknown): void {
  const known = reason instanceof AppError;
  // Settings hold secrets. Of an AppError only the message is printed, which holds none.
  process.stderr.write(
    `built-in S3 server: ${known ? reason.message : reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`,
  );
  process.exit(1);
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
run().catch(fail);
