import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import { readConfig } from "./config";
import { startBuiltinS3 } from "./server";

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
  // Forked with a channel: without its parent nobody would ever stop it.
  process.on("disconnect", () => stop("parent gone"));
  // Last, so that whoever waits for this line may send a signal.
  logger.info(
    { regions: server.regions, admin: server.adminUrl },
    "built-in S3 server: for evaluation; production belongs on a real storage system",
  );
}

function fail(reason: unknown): void {
  const known = reason instanceof AppError;
  // The settings hold secrets, so only what was written to be read is printed of a known error.
  process.stderr.write(
    `built-in S3 server: ${known ? reason.message : reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`,
  );
  process.exit(1);
}

process.on("uncaughtException", fail);
process.on("unhandledRejection", fail);
run().catch(fail);
