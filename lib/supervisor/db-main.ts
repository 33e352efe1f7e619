import { Command } from "commander";
import { findRunningCluster, startCluster, stopCluster } from "@/lib/postgres/cluster";
import { readLock } from "@/lib/platform/process-lock";
import { planSettings } from "@/lib/platform/config/resolve-settings";

const program = new Command("npm run db --").description("Runs the embedded database without the portal.");

program
  .command("start")
  .description("start the database; it runs until `npm run db -- stop`")
  .action(async () => {
    const { pid, settings } = await startCluster(dataDir(), "db");
    console.log(`PostgreSQL runs on 127.0.0.1:${settings.port} (process ${pid}).`);
  });

program
  .command("stop")
  .description("stop the database")
  .action(async () => {
    const folder = dataDir();
    const holder = readLock(`${folder}/up.lock`);
    if (holder) throw new Error(`Latchkey uses the database (process ${holder.pid}): stop Latchkey first`);
    await stopCluster(folder);
    console.log("PostgreSQL is stopped.");
  });

program
  .command("status")
  .description("show whether the database runs; exit code 3 if not")
  .action(() => {
    const running = findRunningCluster(dataDir());
    console.log(
      running ? `PostgreSQL runs on 127.0.0.1:${running.port} (process ${running.pid}).` : "PostgreSQL does not run.",
    );
    if (!running) process.exitCode = 3;
  });

program
  .command("url")
  .description("print the URL of the database, with the password")
  .action(() => {
    const running = findRunningCluster(dataDir());
    if (!running) throw new Error("PostgreSQL does not run. Start it with: npm run db -- start");
    console.log(running.url);
  });

await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

function dataDir(): string {
  return planSettings(process.env).LATCHKEY_DATA_DIR;
}
