import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MigrationList } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { findRoot } from "@/lib/platform/config/find-root";
import type { SchemaFile } from "@/lib/postgres/schema-engine";

/** Names the kind of database. The engine asks for this file even before the first migration exists. */
const LOCK_FILE = "migration_lock.toml";
const LOCK = 'provider = "postgresql"\n';

/** The folders with the models and the migrations of a database. */
export type MigrationSources = { models: string; migrations: string };

/** The folders of Latchkey's own models and migrations. */
export function findMigrationSources(root: string = findRoot()): MigrationSources {
  return { models: join(root, "prisma/models"), migrations: join(root, "prisma/migrations") };
}

/** Every `.prisma` file of the models folder. */
export function readSchema({ models }: MigrationSources): SchemaFile[] {
  return readdirSync(models)
    .filter((file) => file.endsWith(".prisma"))
    .sort()
    .map((file) => ({ path: join(models, file), content: readFileSync(join(models, file), "utf8") }));
}

/** Every migration in the order of their names, in the form that the schema engine takes. */
export function readMigrations({ migrations }: MigrationSources): MigrationList {
  const folders = existsSync(migrations)
    ? readdirSync(migrations, { withFileTypes: true }).filter((entry) => entry.isDirectory())
    : [];
  return {
    baseDir: migrations,
    lockfile: { path: LOCK_FILE, content: LOCK },
    shadowDbInitScript: "",
    migrationDirectories: folders
      .map(({ name }) => name)
      .sort()
      .map((name) => ({
        path: name,
        migrationFile: {
          path: "migration.sql",
          content: { tag: "ok", value: readFileSync(join(migrations, name, "migration.sql"), "utf8") },
        },
      })),
  };
}

/** Writes a new migration and returns its path. Beside the first migration, writes the lock file too. */
export function writeMigration({ migrations }: MigrationSources, name: string, script: string): string {
  const folder = join(migrations, name);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "migration.sql");
  writeFileSync(path, script, { flag: "wx" });
  const lock = join(migrations, LOCK_FILE);
  if (!existsSync(lock)) writeFileSync(lock, LOCK);
  return path;
}
