import type { EvaluateDataLossOutput } from "@prisma/schema-engine-wasm/schema_engine_bg";
import {
  findMigrationSources,
  type MigrationSources,
  readMigrations,
  readSchema,
  writeMigration,
} from "@/lib/postgres/migration-files";
import { withSchemaEngine } from "@/lib/postgres/schema-engine";

/** The queue keeps its tables in a schema of its own, which the engine does not look at. */
const FILTERS = { externalTables: [], externalEnums: [] };

export type MigrationStatus = {
  unapplied: string[];
  /** Applied to the database, but gone from the folder. */
  missing: string[];
  /** Changed after they were applied. */
  edited: string[];
  /** Begun and not finished. */
  failed: string[];
};

/** Applies what is not applied yet and names it. Two at once: the second waits for the first. */
export async function deployMigrations(
  url: string,
  sources: MigrationSources = findMigrationSources(),
): Promise<string[]> {
  return withSchemaEngine(url, readSchema(sources), async (engine) => {
    const result = await engine.applyMigrations({ migrationsList: readMigrations(sources), filters: FILTERS });
    return result.appliedMigrationNames;
  });
}

/** How the database's history differs from the folder's. Changes nothing. */
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
 * What the models say beyond the migrations, as SQL; an empty text when they agree. Needs CREATEDB. The condition
 * of a partial index must stand in the models as PostgreSQL writes it, or it always differs.
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
 * For development: applies what is missing, writes a migration from what the models say beyond the others and
 * applies it, or with `draft` leaves it (even an empty one) to be edited first. Refuses, saying why, when the
 * database was changed in another way or holds rows that the change has no place for.
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
  // Here the engine overlooks partial indexes that are there, and warns of making them once more.
  const isTrue = (message: string) => script.includes("CREATE UNIQUE INDEX") || !message.includes("unique constraint");
  return { ok: true, applied, path, warnings: loss.warnings.map(({ message }) => message).filter(isTrue) };
}

async function evaluateDataLoss(url: string, sources: MigrationSources): Promise<EvaluateDataLossOutput> {
  const schema = readSchema(sources);
  const migrationsList = readMigrations(sources);
  return withSchemaEngine(url, schema, async (engine) => {
    // The engine finds its way to shadow databases in a diagnosis only, and loses it when it applies anything.
    await engine.diagnoseMigrationHistory({ migrationsList, optInToShadowDatabase: true, filters: FILTERS });
    return engine.evaluateDataLoss({ migrationsList, schema: { files: schema }, filters: FILTERS });
  });
}

function toTimestamp(time: Date): string {
  return time.toISOString().replaceAll(/\D/g, "").slice(0, 14);
}

/** Empties the database, all its data included, and applies every migration. */
export async function resetDatabase(
  url: string,
  sources: MigrationSources = findMigrationSources(),
): Promise<string[]> {
  await withSchemaEngine(url, readSchema(sources), (engine) => engine.reset({ filter: FILTERS }));
  return deployMigrations(url, sources);
}
