import { commandLineActor, readSecretFromInput } from "@/lib/admin/command-line";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { withTransaction } from "@/lib/platform/db/transaction";
import { createDatabase, db } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { env } from "@/lib/platform/env";
import { AppError } from "@/lib/platform/errors";
import { outboundUrl } from "@/lib/platform/net/outbound-url";
import { plainText } from "@/lib/platform/text/plain-text";
import { Secret } from "@/lib/platform/secret";
import { slugSchema } from "@/lib/platform/text/slug";
import { composeCredentials } from "@/lib/providers/registry";
import { findRegion, openCredentials, toRegionInput } from "@/lib/regions/data";
import { checkRegionInput, lockSaving, putCheckedRegion } from "@/lib/regions/mutations";
import { isSameRegion } from "@/lib/regions/rules";
import type { RegionInput } from "@/lib/regions/schema";
import { listBuiltinRegions } from "@/lib/supervisor/builtin-regions";
import { applyRegionsFile } from "@/lib/regions/file/apply-regions-file";
import { readRegionsFile } from "@/lib/regions/file/read-regions-file";
import { syncBuiltinRegions } from "@/prisma/first-run";
import type { Region } from "@/prisma/generated/client";

const SIGNING_REGION = "--signing-region must be a text of 1 to 64 characters";

/** The options that `region create` and `region change` share. */
export interface RegionOptions {
  provider?: string;
  endpoint?: string;
  signingRegion?: string;
  adminUrl?: string;
  accessKeyId?: string;
  gateway?: string[];
  setting?: string[];
}

/** Adds a region of the built-in S3 server at the addresses that the settings give it. Throws BAD_INPUT. */
export async function createBuiltinRegion(name: string, others: RegionOptions): Promise<void> {
  if (Object.keys(others).length > 0)
    throw refuse("Give no other option with --builtin: the addresses of the region come from the settings.");
  const regions = listBuiltinRegions(env).map(({ port: _port, ...region }) => region);
  const region = regions.find((offered) => offered.name === name);
  if (!region)
    throw refuse(
      `The built-in S3 server has only the regions ${regions.map((offered) => offered.name).join(" and ")}.`,
    );
  await expectNew(name);
  const token = new Secret(env.LATCHKEY_S3_ADMIN_TOKEN);
  await syncBuiltinRegions(db, [region], token, parseMasterKey(env.LATCHKEY_MASTER_KEY), commandLineActor());
}

/** Checks the storage system that the options name and adds it as a region. Throws BAD_INPUT with the reason. */
export async function createRegion(name: string, options: RegionOptions): Promise<void> {
  const { provider = "builtin", endpoint, signingRegion, adminUrl, accessKeyId, gateway = [], setting = [] } = options;
  if (!endpoint || !signingRegion) throw refuse("Give --endpoint and --signing-region, or only --builtin.");
  const region = {
    name: slugSchema.parse(name),
    provider,
    endpoint: parseUrl("--endpoint", endpoint),
    signingRegion: parseSigningRegion(signingRegion),
    gateways: gateway.map((url) => parseUrl("--gateway", url)),
    settings: parseSettings(setting, adminUrl),
  };
  await expectNew(name);
  const credentials = composeCredentials(provider, await readSecretFromInput(), { accessKeyId });
  await saveChecked({ ...region, credentials });
}

/** Checks a region with the given changes and saves them. Throws NOT_FOUND, or BAD_INPUT with the reason. */
export async function changeRegion(
  name: string,
  { despiteRotation = false, ...options }: RegionOptions & { credentials?: boolean; despiteRotation?: boolean },
): Promise<void> {
  if (Object.keys(options).length === 0) throw refuse("Nothing to change: give at least one option.");
  const { endpoint, signingRegion, adminUrl, gateway, setting = [] } = options;
  const row = await findRegion(slugSchema.parse(name));
  const region = toRegionInput(row, await readCredentials(row, options));
  const changed = Object.entries({ ...region.settings, ...parseSettings(setting, adminUrl) });
  const wanted = {
    ...region,
    ...(endpoint === undefined ? {} : { endpoint: parseUrl("--endpoint", endpoint) }),
    ...(signingRegion === undefined ? {} : { signingRegion: parseSigningRegion(signingRegion) }),
    ...(gateway === undefined ? {} : { gateways: gateway.map((url) => parseUrl("--gateway", url)) }),
    // An empty value removes the setting, so that its default counts again.
    settings: Object.fromEntries(changed.filter(([, value]) => value !== "")),
  };
  await saveChecked(wanted, row, despiteRotation);
  if (row.declared)
    console.error(
      `The regions file declares ${name} and overwrites this change at the next start: change the file too.`,
    );
}

/** Saves what the regions file declares. Throws UNAVAILABLE when some regions could not be saved; the others are. */
export async function applyDeclaredRegions(given: string | undefined): Promise<void> {
  const path = given ?? env.LATCHKEY_REGIONS;
  if (!path) throw refuse("Give a file, or set LATCHKEY_REGIONS.");
  const file = readRegionsFile(path);
  // Another start may apply the file now. The process's own client does not wait for as long.
  const database = createDatabase(env.DATABASE_URL);
  const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);
  const applied = await applyRegionsFile(database, file, masterKey, commandLineActor()).finally(() =>
    database.$disconnect(),
  );
  const { lines, saved, failed } = applied;
  for (const line of lines) console.log(line);
  console.log(`${file.regions.length} declared, ${saved} saved, ${failed} failed.`);
  if (failed === 0) return;
  const userMessage = "Not every region could be saved; the reasons are above.";
  throw new AppError("UNAVAILABLE", "some regions failed their check", { userMessage });
}

async function readCredentials(
  row: Region,
  { credentials, accessKeyId }: { credentials?: boolean; accessKeyId?: string },
): Promise<Secret | undefined> {
  if (!credentials && accessKeyId === undefined) return undefined;
  const known = JSON.parse(tryOpen(row)?.reveal() ?? "{}") as Record<string, string>;
  const others = { ...known, ...(accessKeyId === undefined ? {} : { accessKeyId }) };
  return credentials
    ? composeCredentials(row.provider, await readSecretFromInput(), others)
    : new Secret(JSON.stringify(others));
}

/** Credentials that no master key opens are not needed where all of them are given again. */
function tryOpen(row: Region): Secret | undefined {
  try {
    return openCredentials(row);
  } catch {
    return undefined;
  }
}

/** `before`: the region that is changed, as it was read. Throws CONFLICT when it is another one after the check. */
async function saveChecked(region: RegionInput, before?: Region, despiteRotation = false): Promise<void> {
  const checked = await checkRegionInput(region);
  for (const warning of checked.warnings ?? []) console.error(`Warning: ${warning}.`);
  const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);
  await withTransaction(async (tx) => {
    await lockSaving(tx);
    if (before) await lockRow(tx, "regions", before.id, "update");
    const now = before && (await tx.region.findUniqueOrThrow({ where: { id: before.id } }));
    if (!isSameRegion(before, now)) {
      const userMessage = `Someone changed the region ${region.name} during the check. Nothing was saved.`;
      throw new AppError("CONFLICT", "the region was changed during the check", { userMessage });
    }
    await putCheckedRegion(tx, commandLineActor(), checked, masterKey, { despiteRotation });
  });
}

async function expectNew(name: string): Promise<void> {
  if ((await db.region.count({ where: { name } })) > 0)
    throw refuse(`There is already a region ${name}. To change it, use region change.`);
}

function parseSettings(pairs: string[], adminUrl: string | undefined): Record<string, string> {
  const entries = pairs.map((pair): [string, string] => {
    const [name, ...value] = pair.split("=");
    // Does not quote the text: it may be a secret in the wrong place.
    if (!name || value.length === 0) throw refuse("--setting must be name=value.");
    return [name, value.join("=")];
  });
  return {
    ...Object.fromEntries(entries),
    ...(adminUrl === undefined ? {} : { adminUrl: parseUrl("--admin-url", adminUrl) }),
  };
}

function parseSigningRegion(text: string): string {
  return plainText.min(1, SIGNING_REGION).max(64, SIGNING_REGION).parse(text);
}

function parseUrl(option: string, text: string): string {
  const parsed = outboundUrl.safeParse(text);
  if (!parsed.success) throw refuse(`${option} must be ${parsed.error.issues[0]?.message ?? "another value"}.`);
  return parsed.data;
}

function refuse(userMessage: string): AppError {
  return new AppError("BAD_INPUT", "invalid options", { userMessage });
}
