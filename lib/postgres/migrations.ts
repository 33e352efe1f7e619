import type { EvaluateDataLossOutput } from "@prisma/schema-engine-wasm/schema_engine_bg";
import {
  findMigrationSources,
  type MigrationSources,
  readMigrations,
  readSchema,
  writeMigration,
} from "@/lib/postgres/migration-files";
import { withSchemaEngine } from "@/lib/postgres/schema-engine";

/** The job queue's tables need no filter: they are in another schema, which the engine does not read. */
const FILTERS = { externalTables: [], externalEnums: [] };

export type MigrationStatus = {
  unapplied: string[];
  /** Applied to the database, but gone from the folder. */
  missing: string[];
  /** Changed after they were applied. */
  edited: string[];
  /** Started and not finished. */
  failed: string[];
};

/**
 * Applies the migrations that are not applied yet and returns their names. Of two calls at once, the second waits for
 * the first. Throws when a migration fails, and when an earlier migration has failed.
 */
export async function deployMigrations(
  url: string,
  sources: MigrationSources = findMigrationSources(),
): Promise<string[]> {
  return withSchemaEngine(url, readSchema(sources), async (engine) => {
    const result = await engine.applyMigrations({ migrationsList: readMigrations(sources), filters: FILTERS });
    return result.appliedMigrationNames;
  });
}

/** Lists how the database's migration history differs from the folder's. Changes nothing. */
export async function readMigrationStatus(
  url: string,
  sources: MigrationSources = findMigrationSources(),
): Promise<MigrationStatus> {
  return withSchemaEngine(url, readSchema(sources), async (engine) => {
    const found = await engine.diagnoseMigrationHistory({
      migrationsList: readMigrations(sources),
      optInToShadowDatabase: false,
      filters: FILTERS,
    });
    const history = found.history;
    return {
      unapplied: history && "unappliedMigrationNames" in history ? history.unappliedMigrationNames : [],
      missing: history && "unpersistedMigrationNames" in history ? history.unpersistedMigrationNames : [],
      edited: found.editedMigrationNames,
      failed: found.failedMigrationNames,
    };
  });
}

/**
 * Returns the SQL for the changes in the models that the migrations lack; an empty text when there are none. The role
 * needs CREATEDB, for a shadow database. The models must write the condition of a partial index exactly as PostgreSQL
 * prints it. Otherwise the condition always differs.
 */
export async function diffModelsAndMigrations(
  url: string,
  sources: MigrationSources = findMigrationSources(),
): Promise<string> {
  const schema = readSchema(sources);
  return withSchemaEngine(url, schema, async (engine) => {
    const diff = await engine.diff({
      from: { tag: "migrations", ...readMigrations(sources) },
      to: { tag: "schemaDatamodel", files: schema },
      script: true,
      exitCode: true,
      filters: FILTERS,
    });
    return diff.exitCode === 0 ? "" : (diff.stdout ?? "");
  });
}

export type DevResult =
  { ok: true; applied: string[]; path: string | undefined; warnings: string[] } | { ok: false; reason: string };

/**
 * For development: applies the pending migrations, writes a new migration for the changes in the models, and applies
 * it. With `draft`, writes the new migration, even an empty one, and does not apply it, so that a person can edit it
 * first. Returns `ok: false` and the reason when the database was changed without a migration, and when the change does
 * not fit the existing rows.
 */
export async function developMigration(
  url: string,
  name: string,
  options: { draft?: boolean } = {},
  sources: MigrationSources = findMigrationSources(),
): Promise<DevResult> {
  const schema = readSchema(sources);
  const { action } = await withSchemaEngine(url, schema, (engine) =>
    engine.devDiagnostic({ migrationsList: readMigrations(sources), filters: FILTERS }),
  );
  if (action.tag === "reset") return { ok: false, reason: action.reason };
  const applied = await deployMigrations(url, sources);
  const loss = await evaluateDataLoss(url, sources);
  if (loss.unexecutableSteps.length > 0 && !options.draft) {
    return { ok: false, reason: loss.unexecutableSteps.map(({ message }) => message).join("\n") };
  }
  const script = await diffModelsAndMigrations(url, sources);
  if (!script && !options.draft) return { ok: true, applied, path: undefined, warnings: [] };
  const path = writeMigration(sources, `${toTimestamp(new Date())}_${name.replaceAll(/\W+/g, "_")}`, script);
  if (!options.draft) applied.push(...(await deployMigrations(url, sources)));
  // At this point the engine does not see the existing partial indexes, and warns about creating them.
  const isTrue = (message: string) => script.includes("CREATE UNIQUE INDEX") || !message.includes("unique constraint");
  return { ok: true, applied, path, warnings: loss.warnings.map(({ message }) => message).filter(isTrue) };
}

async function evaluateDataLoss(url: string, sources: MigrationSources): Promise<EvaluateDataLossOutput> {
  const schema = readSchema(sources);
  const migrationsList = readMigrations(sources);
  return withSchemaEngine(url, schema, async (engine) => {
    // Only a diagnosis gives the engine access to shadow databases. The engine loses it when it applies a migration.
    await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: true, filters: FILTERS });
    return engine.evaluateDataLoss({ migrationsList, schema: { files: schema }, filters: FILTERS });
  });
}

function toTimestamp(time: Date): string {
  return time.toISOString().replaceAll(/\D/g, "").slice(0, 14);
}

/**
 * Removes all tables and data of the application, applies every migration and returns their names. Other schemas of the
 * database stay.
 */
export async function resetDatabase(
  url: string,
  sources: MigrationSources = findMigrationSources(),
): Promise<string[]> {
  await withSchemaEngine(url, readSchema(sources), (engine) => engine.reset({ filter: FILTERS }));
  return deployMigrations(url, sources);
}
