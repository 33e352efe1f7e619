import { commandLineActor, readSecretFromInput } from "@/lib/cli/command-line";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { withTransaction } from "@/lib/platform/db/transaction";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { AppError } from "@/lib/platform/errors";
import { outboundUrl } from "@/lib/platform/net/outbound-url";
import { plainText } from "@/lib/platform/text/plain-text";
import { Secret } from "@/lib/platform/secret";
import { slugSchema } from "@/lib/platform/text/slug";
import { composeCredentials } from "@/lib/providers/registry";
import { findRegion, openCredentials, toRegionInput } from "@/lib/regions/data";
import { checkRegionInput, putRegion } from "@/lib/regions/mutations";
import type { RegionInput } from "@/lib/regions/schema";
import { listBuiltinRegions } from "@/lib/supervisor/builtin-regions";
import { applyRegionsFile } from "@/lib/regions/file/apply-regions-file";
import { readRegionsFile } from "@/lib/regions/file/read-regions-file";
import { syncBuiltinRegions } from "@/prisma/first-run";
import type { Region } from "@/prisma/generated/client";

export interface RegionOptions {
  provider?: string;
  endpoint?: string;
  signingRegion?: string;
  adminUrl?: string;
  accessKeyId?: string;
  gateway?: string[];
  setting?: string[];
}

export async function createBuiltinRegion(name: string, others: RegionOptions): Promise<void> {
  if (Object.keys(others).length > 0)
    throw refuse("With --builtin the settings say where the region is: give no other option.");
  const regions = listBuiltinRegions(env).map(({ port: _port, ...region }) => region);
  const region = regions.find((offered) => offered.name === name);
  if (!region)
    throw refuse(`The built-in server has the regions ${regions.map((offered) => offered.name).join(" and ")}.`);
  await expectNew(name);
  const token = new Secret(env.LATCHKEY_S3_ADMIN_TOKEN);
  await syncBuiltinRegions(db, [region], token, parseMasterKey(env.LATCHKEY_MASTER_KEY), commandLineActor());
}

export async function createRegion(name: string, options: RegionOptions): Promise<void> {
  const { provider = "builtin", endpoint, signingRegion, adminUrl, accessKeyId, gateway = [], setting = [] } = options;
  if (!endpoint || !signingRegion) throw refuse("Give --endpoint and --signing-region, or --builtin.");
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

export async function changeRegion(name: string, options: RegionOptions & { credentials?: boolean }): Promise<void> {
  if (Object.keys(options).length === 0) throw refuse("Nothing to change: give an option.");
  const { endpoint, signingRegion, adminUrl, gateway, setting = [] } = options;
  const row = await findRegion(slugSchema.parse(name));
  const region = toRegionInput(row, await readCredentials(row, options));
  const changed = Object.entries({ ...region.settings, ...parseSettings(setting, adminUrl) });
  await saveChecked({
    ...region,
    ...(endpoint === undefined ? {} : { endpoint: parseUrl("--endpoint", endpoint) }),
    ...(signingRegion === undefined ? {} : { signingRegion: parseSigningRegion(signingRegion) }),
    ...(gateway === undefined ? {} : { gateways: gateway.map((url) => parseUrl("--gateway", url)) }),
    // A setting without a value goes back to its default.
    settings: Object.fromEntries(changed.filter(([, value]) => value !== "")),
  });
  if (row.declared)
    console.error(`The file that declares ${name} has the last word at the next start: change it there too.`);
}

export async function applyDeclaredRegions(given: string | undefined): Promise<void> {
  const path = given ?? env.LATCHKEY_REGIONS;
  if (!path) throw refuse("Name a file, or set LATCHKEY_REGIONS.");
  const file = readRegionsFile(path);
  const { lines, saved, failed } = await applyRegionsFile(
    db,
    file,
    parseMasterKey(env.LATCHKEY_MASTER_KEY),
    commandLineActor(),
  );
  for (const line of lines) console.log(line);
  console.log(`${file.regions.length} declared, ${saved} saved, ${failed} failed.`);
  if (failed > 0) process.exitCode = 1;
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

/** Whoever gives all credentials anew needs none of those that another master key sealed. */
function tryOpen(row: Region): Secret | undefined {
  try {
    return openCredentials(row);
  } catch {
    return undefined;
  }
}

async function saveChecked(region: RegionInput): Promise<void> {
  const checked = await checkRegionInput(region);
  for (const warning of checked.warnings ?? []) console.error(`Warning: ${warning}.`);
  const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);
  await withTransaction((tx) => putRegion(tx, commandLineActor(), checked, masterKey));
}

async function expectNew(name: string): Promise<void> {
  if ((await db.region.count({ where: { name } })) > 0)
    throw refuse(`There is a region ${name} already; use region change.`);
}

function parseSettings(pairs: string[], adminUrl: string | undefined): Record<string, string> {
  const entries = pairs.map((pair): [string, string] => {
    const [name, ...value] = pair.split("=");
    // Not what was given: it may be a secret in the wrong place.
    if (!name || value.length === 0) throw refuse("--setting wants name=value.");
    return [name, value.join("=")];
  });
  return {
    ...Object.fromEntries(entries),
    ...(adminUrl === undefined ? {} : { adminUrl: parseUrl("--admin-url", adminUrl) }),
  };
}

function parseSigningRegion(text: string): string {
  return plainText.min(1).max(64).parse(text);
}

function parseUrl(option: string, text: string): string {
  const parsed = outboundUrl.safeParse(text);
  if (!parsed.success) throw refuse(`${option} wants ${parsed.error.issues[0]?.message ?? "another value"}.`);
  return parsed.data;
}

function refuse(userMessage: string): AppError {
  return new AppError("BAD_INPUT", "options that do not fit", { userMessage });
}
