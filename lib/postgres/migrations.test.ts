import { randomUUID } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { toSiblingUrl } from "@/lib/postgres/migration-adapter";
import type { MigrationSources } from "@/lib/postgres/migration-files";
import {
  deployMigrations,
  developMigration,
  diffModelsAndMigrations,
  readMigrationStatus,
  resetDatabase,
} from "@/lib/postgres/migrations";
import { startTestDatabase } from "@/testing/database/test-database";

const HEAD = 'datasource db {\n  provider = "postgresql"\n}\n';
const BOOK = "model Book {\n  id Int @id\n  title String\n}\n";
const AUTHOR = "model Author {\n  id Int @id\n}\n";
const CLEAN = { unapplied: [], missing: [], edited: [], failed: [] };

let server: string;
let url: string;
let sources: MigrationSources;

beforeAll(async () => {
  server = (await startTestDatabase()).url;
});

beforeEach(async () => {
  const name = `migrate_${randomUUID().replaceAll("-", "")}`;
  await query(server, `CREATE DATABASE ${name}`);
  url = toSiblingUrl(server, name);
  const folder = mkdtempSync(join(tmpdir(), "latchkey-migrate-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  sources = { models: join(folder, "models"), migrations: join(folder, "migrations") };
  mkdirSync(sources.models);
  writeFileSync(join(sources.models, "head.prisma"), HEAD);
  writeFileSync(join(sources.models, "book.prisma"), BOOK);
});

async function query(at: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: at });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

function addMigration(name: string, script: string): void {
  mkdirSync(join(sources.migrations, name), { recursive: true });
  writeFileSync(join(sources.migrations, name, "migration.sql"), script);
}

const listShadows = () => query(server, "SELECT datname FROM pg_database WHERE datname LIKE 'latchkey_shadow_%'");

test("dev writes and applies one migration for each change of the models", async () => {
  const made = await developMigration(url, "start", {}, sources);
  expect(made).toMatchObject({ ok: true, applied: [expect.stringMatching(/^\d{14}_start$/)] });
  await query(url, "INSERT INTO \"Book\" VALUES (1, 'kept')");
  writeFileSync(join(sources.models, "author.prisma"), AUTHOR);
  expect(await diffModelsAndMigrations(url, sources)).toContain('CREATE TABLE "Author"');
  expect(await developMigration(url, "authors", {}, sources)).toMatchObject({
    ok: true,
    applied: [expect.stringContaining("authors")],
  });
  expect(await developMigration(url, "nothing", {}, sources)).toMatchObject({ ok: true, applied: [], path: undefined });
  expect(await diffModelsAndMigrations(url, sources)).toBe("");
  expect(await readMigrationStatus(url, sources)).toEqual(CLEAN);
  // The shadow databases are separate from this database, and are dropped.
  expect(await query(url, 'SELECT title FROM "Book"')).toEqual([{ title: "kept" }]);
  expect(await listShadows()).toEqual([]);
});

test("a draft is written and not applied, even an empty one", async () => {
  await developMigration(url, "start", {}, sources);
  const draft = await developMigration(url, "by hand", { draft: true }, sources);
  expect(draft).toMatchObject({ ok: true, applied: [], path: expect.stringContaining("by_hand") });
  expect((await readMigrationStatus(url, sources)).unapplied).toHaveLength(1);
});

test("a script is not split: functions, texts with semicolons, partial indexes", async () => {
  await developMigration(url, "start", {}, sources);
  const script = `
    CREATE FUNCTION twice(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN n := n * 2; RETURN n; END $$;
    INSERT INTO "Book" VALUES (1, 'one; two');
    CREATE UNIQUE INDEX book_one_draft ON "Book"(title) WHERE id > 100;`;
  addMigration("20990101000000_by_hand", script);
  expect(await deployMigrations(url, sources)).toEqual(["20990101000000_by_hand"]);
  expect(await query(url, 'SELECT twice(id) AS twice, title FROM "Book"')).toEqual([{ twice: 2, title: "one; two" }]);
  expect(await diffModelsAndMigrations(url, sources)).toBe("");
  expect(await developMigration(url, "nothing", {}, sources)).toMatchObject({ ok: true, path: undefined });
});

test("two deploys at once apply each migration once", async () => {
  addMigration(
    "20240101000000_start",
    'CREATE TABLE "Book" (id int PRIMARY KEY, title text NOT NULL); SELECT pg_sleep(0.3);',
  );
  const both = await Promise.all([deployMigrations(url, sources), deployMigrations(url, sources)]);
  expect(both.flat()).toEqual(["20240101000000_start"]);
});

test("a migration that fails changes nothing, is listed as failed, and blocks the next deploy", async () => {
  addMigration("20240101000000_start", 'CREATE TABLE "Book" (id int PRIMARY KEY); SELECT 1 / 0;');
  await expect(deployMigrations(url, sources)).rejects.toThrow("division by zero");
  expect(await query(url, "SELECT to_regclass('\"Book\"') AS book")).toEqual([{ book: null }]);
  expect((await readMigrationStatus(url, sources)).failed).toEqual(["20240101000000_start"]);
  await expect(deployMigrations(url, sources)).rejects.toThrow("P3009");
});

test("status lists edited and missing migrations; dev refuses an edited migration", async () => {
  const first = await developMigration(url, "start", {}, sources);
  if (!first.ok || !first.path) throw new Error("not made");
  appendFileSync(first.path, "-- edited\n");
  expect((await readMigrationStatus(url, sources)).edited).toHaveLength(1);
  expect(await developMigration(url, "more", {}, sources)).toMatchObject({
    ok: false,
    reason: expect.stringContaining("modified"),
  });
  rmSync(join(first.path, ".."), { recursive: true });
  expect((await readMigrationStatus(url, sources)).missing).toHaveLength(1);
});

test("dev refuses a required column when existing rows have no value for it", async () => {
  await developMigration(url, "start", {}, sources);
  await query(url, "INSERT INTO \"Book\" VALUES (1, 'kept')");
  writeFileSync(join(sources.models, "book.prisma"), BOOK.replace("}", "  pages Int\n}"));
  expect(await developMigration(url, "pages", {}, sources)).toMatchObject({
    ok: false,
    reason: expect.stringContaining("pages"),
  });
  expect(await readMigrationStatus(url, sources)).toEqual(CLEAN);
});

test("reset removes all data, keeps other schemas, and applies every migration", async () => {
  await developMigration(url, "start", {}, sources);
  await query(
    url,
    "INSERT INTO \"Book\" VALUES (1, 'gone'); CREATE SCHEMA other; CREATE TABLE other.kept AS SELECT 1 AS one",
  );
  expect(await resetDatabase(url, sources)).toHaveLength(1);
  expect(await query(url, 'SELECT * FROM "Book"')).toEqual([]);
  expect(await query(url, "SELECT one FROM other.kept")).toEqual([{ one: 1 }]);
});

test("Latchkey's own migrations match its models", async () => {
  expect(await diffModelsAndMigrations(server)).toBe("");
  expect(await readMigrationStatus(server)).toEqual(CLEAN);
});
