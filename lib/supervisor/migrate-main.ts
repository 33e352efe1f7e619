import { Command } from "commander";
import {
  deployMigrations,
  developMigration,
  diffModelsAndMigrations,
  readMigrationStatus,
  resetDatabase,
} from "@/lib/postgres/migrations";
import { openDatabase } from "@/lib/supervisor/open-database";

const program = new Command("npm run migrate --").description(
  "Applies prisma/migrations to the database, and writes migrations for changes in prisma/models. Uses DATABASE_URL or the embedded database.",
);

program
  .command("deploy")
  .description("apply the migrations that are not applied yet")
  .action(() => use(async (url) => report(await deployMigrations(url))));

program
  .command("dev <name>")
  .description("write a migration for the changes in prisma/models, and apply it")
  .option("--draft", "write the migration without applying it; edit it, then apply it with deploy")
  .action((name: string, options: { draft?: boolean }) =>
    use(async (url) => {
      const result = await developMigration(url, name, options);
      if (!result.ok) return fail(result.reason);
      for (const warning of result.warnings) console.log(`Warning: ${warning}`);
      console.log(result.path ? `Wrote ${result.path}` : "The migrations match the models already.");
      report(result.applied);
    }),
  );

program
  .command("status")
  .description("show how the database differs from prisma/migrations; exit code 1 if it does")
  .action(() =>
    use(async (url) => {
      const status = await readMigrationStatus(url);
      const lines = Object.entries(status).flatMap(([kind, names]) => names.map((name) => `${kind}: ${name}`));
      if (lines.length > 0) return fail(lines.join("\n"));
      console.log("The database is up to date.");
    }),
  );

program
  .command("check")
  .description("show the changes in prisma/models that prisma/migrations lack; exit code 1 if there are any")
  .action(() =>
    use(async (url) => {
      const script = await diffModelsAndMigrations(url);
      if (script) return fail(`prisma/migrations lack these changes in prisma/models:\n\n${script}`);
      console.log("The migrations match the models.");
    }),
  );

program
  .command("reset")
  .description("remove all data and apply every migration")
  .option("--force", "confirm the removal of all data")
  .action(async (options: { force?: boolean }) => {
    if (!options.force)
      return fail("This removes all data of the database. To confirm, run: npm run migrate -- reset --force");
    await use(async (url) => report(await resetDatabase(url)));
  });

await program.parseAsync().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));

async function use(work: (url: string) => Promise<void>): Promise<void> {
  const database = await openDatabase();
  try {
    await work(database.url);
  } finally {
    await database.close();
  }
}

function report(applied: string[]): void {
  console.log(applied.length > 0 ? applied.map((name) => `Applied ${name}`).join("\n") : "Nothing to apply.");
}

function fail(message: string): void {
  console.error(message);
  process.exitCode = 1;
}
