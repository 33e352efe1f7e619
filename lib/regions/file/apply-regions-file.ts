import type { AuditActor } from "@/lib/audit/record";
import { ensureInstallationRow } from "@/lib/installation/mutations";
import { withTransaction } from "@/lib/platform/db/transaction";
import { allowWaiting, lockName } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { omitFoundSettings } from "@/lib/providers/registry";
import { openCredentials } from "@/lib/regions/data";
import { checkRegionInput, putRegion } from "@/lib/regions/mutations";
import type { RegionInput } from "@/lib/regions/schema";
import type { DeclaredRegion } from "@/lib/regions/file/parse-regions-file";
import type { RegionsFile } from "@/lib/regions/file/read-regions-file";
import type { PrismaClient, Region } from "@/prisma/generated/client";

export interface AppliedRegions {
  /** Sentences for whoever reads the terminal, in the order of the file. */
  lines: string[];
  saved: number;
  /** How many regions stay as they were, or away, because their check failed. */
  failed: number;
}

/** Each check has its own deadline, and all are made at once; others may have to be waited for. Milliseconds. */
const APPLY_WITHIN_MS = 180_000;

type Outcome = { result: "same" | "saved" | "failed"; lines: string[] };

/**
 * Brings the regions in line with the file. Those that are new or another than in the database are checked first, all
 * at once; one that fails its check stays as it was. Regions that are no longer declared stay too: what they hold
 * must still be revocable.
 */
export async function applyRegionsFile(
  database: PrismaClient,
  file: RegionsFile,
  masterKey: Buffer,
  by: AuditActor,
): Promise<AppliedRegions> {
  await ensureInstallationRow(database);
  return withTransaction(
    async (tx) => {
      // Of several starts on one database one checks and saves, and the others find nothing left to do. This
      // transaction holds nothing but the lock of that name while the storage systems are asked.
      await allowWaiting(tx, APPLY_WITHIN_MS);
      await lockName(tx, "latchkey regions file");
      return applyRegions(database, file, masterKey, by);
    },
    { client: database, timeoutMs: APPLY_WITHIN_MS },
  );
}

async function applyRegions(
  database: PrismaClient,
  file: RegionsFile,
  masterKey: Buffer,
  by: AuditActor,
): Promise<AppliedRegions> {
  const rows = await database.region.findMany();
  const outcomes = await Promise.all(
    file.regions.map((declared) => {
      const row = rows.find(({ name }) => name === declared.region.name);
      return applyRegion(database, file.name, declared, row, masterKey, by);
    }),
  );
  const gone = rows.filter(
    (row) => row.declared && !row.disabledAt && !file.regions.some(({ region }) => region.name === row.name),
  );
  return {
    lines: [
      ...outcomes.flatMap(({ lines }) => lines),
      ...gone.map(
        ({ name }) =>
          `The region ${name} is no longer declared; disable it with: npm run admin -- region disable ${name}`,
      ),
    ],
    saved: outcomes.filter(({ result }) => result === "saved").length,
    failed: outcomes.filter(({ result }) => result === "failed").length,
  };
}

async function applyRegion(
  database: PrismaClient,
  fileName: string,
  { line, region }: DeclaredRegion,
  row: Region | undefined,
  masterKey: Buffer,
  by: AuditActor,
): Promise<Outcome> {
  const where = `${fileName}:${line}:`;
  const { name } = region;
  if (row && row.provider !== region.provider) {
    const message = `The region ${name} was not saved: it is one of ${row.provider}, and its keys are there; give the new one another name.`;
    return { result: "failed", lines: [`${where} ${message}`] };
  }
  const isSame = row !== undefined && isAsDeclared(row, region);
  if (isSame && row.declared) return { result: "same", lines: [] };
  try {
    const checked = isSame ? undefined : await checkRegionInput(region);
    await withTransaction(
      async (tx) => {
        if (checked) await putRegion(tx, by, checked, masterKey);
        await tx.region.update({ where: { name }, data: { declared: true } });
      },
      { client: database },
    );
    const warnings = (checked?.warnings ?? []).map((warning) => `${where} Warning: ${name}: ${warning}.`);
    return {
      result: isSame ? "same" : "saved",
      lines: isSame ? [] : [`The region ${name} is ${row ? "changed" : "added"}.`, ...warnings],
    };
  } catch (error) {
    if (!(error instanceof AppError && error.userMessage)) throw error;
    return { result: "failed", lines: [`${where} ${error.userMessage}${row ? " It stays as it was." : ""}`] };
  }
}

/** Whether a saved region is what was given, credentials too. */
export function isAsDeclared(row: Region, region: RegionInput): boolean {
  const facts = (of: Pick<RegionInput, "endpoint" | "signingRegion" | "gateways"> & { settings: unknown }) =>
    JSON.stringify([
      of.endpoint,
      of.signingRegion,
      of.gateways,
      toSorted(omitFoundSettings(region.provider, of.settings as object as Record<string, unknown>)),
    ]);
  return (
    facts(row) === facts(region) &&
    readCredentials(row) === toSorted(JSON.parse(region.credentials.reveal()) as Record<string, unknown>)
  );
}

/** As sorted text; undefined where they cannot be opened, which declaring them anew puts right. */
function readCredentials(row: Region): string | undefined {
  if (!row.sealedCredentials) return undefined;
  try {
    return toSorted(JSON.parse(openCredentials(row).reveal()) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

/** A number given on the command line is a text, and in a file a number. */
function toSorted(values: Record<string, unknown>): string {
  const entries = Object.entries(values).map(([name, value]) => [name, String(value)]);
  return JSON.stringify(entries.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1)));
}
