import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { ensureInstallationRow } from "@/lib/installation/mutations";
import { withTransaction } from "@/lib/platform/db/transaction";
import { allowWaiting, lockName } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { omitFoundSettings } from "@/lib/providers/registry";
import { openCredentials } from "@/lib/regions/data";
import { checkRegionInput, lockSaving, putCheckedRegion } from "@/lib/regions/mutations";
import type { RegionInput } from "@/lib/regions/schema";
import type { DeclaredRegion } from "@/lib/regions/file/parse-regions-file";
import type { RegionsFile } from "@/lib/regions/file/read-regions-file";
import type { PrismaClient, Region } from "@/prisma/generated/client";

export interface AppliedRegions {
  /** Sentences for the terminal, in the order of the file. */
  lines: string[];
  saved: number;
  /** How many regions were not saved because their check failed. */
  failed: number;
}

/** The checks run at once, each with its own deadline. Another start may check first. Milliseconds. */
const APPLY_WITHIN_MS = 180_000;

type Outcome = { result: "same" | "saved" | "failed"; lines: string[] };

/**
 * Adds and changes the regions that the file declares. A new or changed region is checked first; all checks run at
 * once. A region that fails its check is not saved. Regions that are no longer declared stay, because their keys must
 * stay revocable. Throws UNAVAILABLE when the database does not answer in time; a failed check is a line of the result.
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
      // Of several starts on one database, the first checks and saves, and the others find no difference. While the
      // storage systems are asked, this transaction holds nothing but the lock of that name.
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
    const message = `The region ${name} was not saved: its provider is ${row.provider}, and its keys are there. Give the new region another name.`;
    return { result: "failed", lines: [`${where} ${message}`] };
  }
  const isSame = row !== undefined && isAsDeclared(row, region);
  if (isSame && row.declared) return { result: "same", lines: [] };
  try {
    const checked = isSame ? undefined : await checkRegionInput(region);
    await withTransaction(
      async (tx) => {
        await lockSaving(tx);
        // The file counts: a rotation from before the region was declared is given up.
        if (row?.sealedRotation) {
          const data = { sealedRotation: null, rotatingUntil: null, rotationError: null };
          await tx.region.update({ where: { name }, data });
          await recordEvent(tx, { event: "region.rotation-given-up", outcome: "done", actor: by, data: { name } });
        }
        if (checked) await putCheckedRegion(tx, by, checked, masterKey);
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
    return { result: "failed", lines: [`${where} ${error.userMessage}${row ? " The region stays unchanged." : ""}`] };
  }
}

/**
 * Whether a saved region equals the given region, the credentials included. Settings that the check sets are ignored.
 */
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

/** The credentials as sorted text. Undefined when they cannot be opened: the region then counts as changed. */
function readCredentials(row: Region): string | undefined {
  if (!row.sealedCredentials) return undefined;
  try {
    return toSorted(JSON.parse(openCredentials(row).reveal()) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

/** A number is a text on the command line and a number in a file, so all values are compared as texts. */
function toSorted(values: Record<string, unknown>): string {
  const entries = Object.entries(values).map(([name, value]) => [name, String(value)]);
  return JSON.stringify(entries.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1)));
}
