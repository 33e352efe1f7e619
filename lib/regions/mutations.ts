import "server-only";
import { randomUUID } from "node:crypto";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { readMarker } from "@/lib/installation/data";
import { seal } from "@/lib/platform/crypto/seal";
import { db, type Transaction } from "@/lib/platform/db/client";
import { lockName, lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import { randomText } from "@/lib/platform/crypto/random-text";
import { type Calibration, calibrate, removeThrowawayKeys } from "@/lib/providers/calibration";
import { ProviderError } from "@/lib/providers/errors";
import { guard } from "@/lib/providers/guard";
import type { CallContext, Findings, KeyRef, Provider } from "@/lib/providers/provider";
import { acceptAnyStore, createProvider } from "@/lib/providers/registry";
import { runStep } from "@/lib/providers/steps";
import { expectOwnSystem, findSharing, hasKeysOf } from "@/lib/regions/administration/expect-own-system";
import { keepRotation } from "@/lib/regions/administration/keep-rotation";
import { credentialsContext, openProvider, readCalibration, sampleHeldKeys } from "@/lib/regions/data";
import { describeUploads, isCalibrationDue } from "@/lib/regions/rules";
import type { CheckedRegion, RegionInput, Report } from "@/lib/regions/schema";
import type { AccessKeyState, Prisma, Region } from "@/prisma/generated/client";

const CHECK_DEADLINE_MS = 8_000;
const CALIBRATION_DEADLINE_MS = 25_000;
/** Longer than all that a calibration may take, its last removal too. */
const CALIBRATION_CLAIM_SECONDS = 60;

/**
 * Checks a region before anything is saved: asks the storage system, calibrates its gateways with a throwaway key, and
 * gives the input with the findings. A region that exists already must find its keys again, and the storage system may
 * belong to no other region. `report` is told each finding as it comes. Throws BAD_INPUT with the reason.
 */
export async function checkRegionInput(region: RegionInput, report?: Report): Promise<CheckedRegion> {
  try {
    const open = (input: RegionInput) => guard(createProvider(input.provider, input), input.name, logger);
    const context = { signal: AbortSignal.timeout(CHECK_DEADLINE_MS), requestId: randomUUID(), report };
    const { findings, warnings } = await open(region).check(context);
    const found = { ...region, settings: { ...region.settings, ...findings } };
    const provider = open(found);
    const ownerStep = {
      step: "owner",
      passed: "no other region has its keys there",
      remedy: "change the region that is there already, or give this one a storage system of its own",
    } as const;
    const hasFoundKeys = await runStep({ report }, ownerStep, async () => {
      const owner = { signal: AbortSignal.timeout(CHECK_DEADLINE_MS), requestId: randomUUID() };
      await expectOwnSystem(found, provider, owner);
      return expectKeysOf(region.name, provider, owner);
    });
    return { ...found, warnings, hasFoundKeys, ...(await calibrateProvider(provider, found.name, "check", report)) };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new AppError("BAD_INPUT", "the region's check failed", {
      userMessage: `The region ${region.name} was not saved: ${error.message}.`,
    });
  }
}

/**
 * Throws `invalid` when the region has keys and the storage system has none of those that are searched: it is another
 * storage system then, and every key of the region would look removed while it works on. False when there was no key to
 * search for.
 */
async function expectKeysOf(name: string, provider: Provider, context: CallContext): Promise<boolean> {
  const known = await db.region.findUnique({ where: { name }, select: { id: true } });
  if (!known || (await sampleHeldKeys(known.id, 1)).length === 0) return false;
  if (await hasKeysOf(known.id, provider, context)) return true;
  throw new ProviderError(
    "invalid",
    `the storage system there does not have the keys of region ${name}: give the new one another name`,
  );
}

/**
 * Calibrates with a key that nobody gets, of a principal that owns nothing. Its name tells an admin of the storage
 * system why it is there.
 */
async function calibrateProvider(
  provider: Provider,
  name: string,
  purpose: Purpose,
  report?: Report,
): Promise<Calibrated> {
  const throwaway = {
    principal: await nameThrowaway(name, purpose),
    accessKeyId: composeAccessKeyId(await readMarker(), randomText),
  };
  const context = { signal: AbortSignal.timeout(CALIBRATION_DEADLINE_MS), requestId: randomUUID(), report };
  let plainUploads: boolean | null = null;
  const calibration = await calibrate(provider, throwaway, context, async (secret) => {
    plainUploads = await needsPlainUploads(provider, throwaway, secret, context);
    report?.({ step: "uploads", ...describeUploads(plainUploads) });
  });
  return { calibration, plainUploads };
}

interface Calibrated {
  calibration: Calibration;
  /** Whether clients must leave the checksums of uploads out; null where it could not be tried. */
  plainUploads: boolean | null;
}

/** What clients need is no reason to refuse a region: where it cannot be tried, nothing is known of it. */
async function needsPlainUploads(
  provider: Provider,
  throwaway: KeyRef,
  secret: Secret,
  context: CallContext,
): Promise<boolean | null> {
  const [gateway] = provider.gateways();
  if (!gateway) return null;
  try {
    return !(await provider.probeUpload(gateway, throwaway, secret, context));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    logger.info({ gateway: gateway.name, detail: error.message }, "uploads with checksums could not be tried");
    return null;
  }
}

/** A check before saving must not disturb the calibration of the saved region: each has a principal of its own. */
type Purpose = "check" | "calibration";

async function nameThrowaway(region: string, purpose: Purpose): Promise<string> {
  return `lk-${purpose}-${(await readMarker()).toLowerCase()}-${region}`;
}

/** Calibrations of this process. The region's row keeps other processes away. */
const calibrating = new Map<string, Promise<Calibration>>();

/**
 * How the refusal of a key can be measured at the region's gateways. Calibrates first when that is due, one process at a
 * time. Throws UNAVAILABLE while another process calibrates a region of which nothing is known.
 */
export async function ensureCalibration(region: Region): Promise<Calibration> {
  const provider = openProvider(region);
  const known = readCalibration(region);
  const endpoints = provider.gateways().map((gateway) => gateway.endpoint);
  if (known && !isCalibrationDue({ known, at: region.calibratedAt, endpoints }, new Date())) return known;
  const running = calibrating.get(region.id);
  if (running) return running;
  const calibration = claimAndCalibrate(provider, region, known).finally(() => calibrating.delete(region.id));
  calibrating.set(region.id, calibration);
  return calibration;
}

async function claimAndCalibrate(
  provider: Provider,
  region: Region,
  known: Calibration | undefined,
): Promise<Calibration> {
  const now = await readDatabaseClock(db);
  const until = new Date(now.getTime() + CALIBRATION_CLAIM_SECONDS * 1_000);
  const { count } = await db.region.updateMany({
    where: { id: region.id, OR: [{ calibratingUntil: null }, { calibratingUntil: { lte: now } }] },
    data: { calibratingUntil: until },
  });
  if (count === 0 && known) return known;
  if (count === 0) throw new AppError("UNAVAILABLE", "another process is finding out how the gateways can be measured");
  try {
    const { calibration, plainUploads } = await calibrateProvider(provider, region.name, "calibration");
    const context = { signal: AbortSignal.timeout(CHECK_DEADLINE_MS), requestId: region.id };
    await removeThrowawayKeys(provider, await nameThrowaway(region.name, "check"), context);
    // Only where the settings are still those that were tried.
    const where = { id: region.id, endpoint: region.endpoint, gateways: { equals: region.gateways } };
    await db.region.updateMany({ where, data: { calibration, plainUploads, calibratedAt: new Date() } });
    return calibration;
  } finally {
    const where = { id: region.id, calibratingUntil: until };
    await db.region.updateMany({ where, data: { calibratingUntil: null } });
  }
}

/** Waits until nobody else saves a region, until the transaction ends. Taken before the lock of any region. */
export async function lockSaving(tx: Transaction): Promise<void> {
  await lockName(tx, "latchkey save region");
}

/**
 * Saves a region that has passed its check, as `putRegion` does. One is saved after the other. Throws CONFLICT also when
 * another region of the same storage system was saved during the check.
 */
export async function putCheckedRegion(
  tx: Transaction,
  by: AuditActor,
  region: CheckedRegion,
  masterKey: Buffer,
  options?: PutOptions,
): Promise<void> {
  await lockSaving(tx);
  const sharing = await findSharing(tx, region);
  if (sharing) {
    const userMessage = `The region ${region.name} was not saved: this storage system belongs to the region ${sharing} already.`;
    throw new AppError("CONFLICT", "another region of the storage system was saved during the check", { userMessage });
  }
  await putRegion(tx, by, region, masterKey, options);
}

interface PutOptions {
  /** Whether the region is changed also while a rotation of its credentials is open, see `keepRotation`. */
  despiteRotation?: boolean;
}

/**
 * Adds a region or changes the one of this name. Seals its credentials with the master key. Throws CONFLICT when keys
 * were made since the check found none, and while a rotation of the credentials is open.
 */
export async function putRegion(
  tx: Transaction,
  by: AuditActor,
  region: CheckedRegion,
  masterKey: Buffer,
  { despiteRotation = false }: PutOptions = {},
): Promise<void> {
  const { name, endpoint, credentials, calibration, plainUploads, warnings = [], hasFoundKeys, ...rest } = region;
  const known = await tx.region.findUnique({ where: { name }, select: { id: true } });
  let rotation: Awaited<ReturnType<typeof keepRotation>> = {};
  if (known) {
    // No key is written ahead, and no rotation begun, between this look and the change.
    await lockRow(tx, "regions", known.id, "update");
    if (hasFoundKeys === false) await expectNoKeys(tx, known.id, name);
    const before = await tx.region.findUniqueOrThrow({ where: { id: known.id } });
    rotation = await keepRotation(tx, by, before, region, despiteRotation);
  }
  const now = new Date();
  const passed = { checkedAt: now, checkError: null, failingSince: null };
  const kept = { ...rest, ...rotation, endpoint, warnings: [...warnings] };
  const data = { ...kept, ...(calibration ? { calibration, plainUploads, calibratedAt: now, ...passed } : {}) };
  const { id } = known
    ? await tx.region.update({ where: { name }, data, select: { id: true } })
    : await tx.region.create({ data: { ...data, name }, select: { id: true } });
  const sealed = seal(credentials.reveal(), masterKey, credentialsContext(id));
  await tx.region.update({ where: { id }, data: { sealedCredentials: Uint8Array.from(sealed) } });
  const event = known ? "region.changed" : "region.created";
  await recordEvent(tx, { event, outcome: "done", actor: by, data: { name, endpoint } });
}

/** Keys that are only written ahead count: they will be made on the former storage system. */
async function expectNoKeys(tx: Transaction, regionId: string, name: string): Promise<void> {
  const state = { notIn: ["REVOKED", "FAILED"] satisfies AccessKeyState[] };
  const made = await tx.accessKey.findFirst({ where: { regionId, state, removedAt: null }, select: { id: true } });
  if (!made) return;
  const userMessage = `The region ${name} was not saved: a key is being made there. Try again.`;
  throw new AppError("CONFLICT", "a key was made during the check", { userMessage });
}

/** Switches a region off for new keys, or on again. Existing keys go on working. Throws NOT_FOUND. */
export async function setRegionDisabled(
  tx: Transaction,
  by: AuditActor,
  name: string,
  disabled: boolean,
): Promise<void> {
  const { id } = await requireRegionRow(tx, name);
  await tx.region.update({ where: { id }, data: { disabledAt: disabled ? new Date() : null } });
  const event = disabled ? "region.disabled" : "region.enabled";
  await recordEvent(tx, { event, outcome: "done", actor: by, data: { name } });
}

/**
 * Lets a region of the built-in S3 server take whatever store it finds at the next start, for a store whose data is lost
 * for good. Throws NOT_FOUND, and BAD_INPUT for a region of another kind.
 */
export async function acceptStore(tx: Transaction, by: AuditActor, name: string): Promise<void> {
  const { id } = await requireRegionRow(tx, name);
  await lockRow(tx, "regions", id, "update");
  const region = await tx.region.findUniqueOrThrow({ where: { id } });
  const settings = acceptAnyStore(region.provider, region.settings as Prisma.InputJsonObject);
  if (!settings) {
    const userMessage = `The region ${name} is not one of a built-in S3 server. Nothing was changed.`;
    throw new AppError("BAD_INPUT", "a region without a store of its own", { userMessage });
  }
  await tx.region.update({ where: { id }, data: { settings } });
  const data = { name, endpoint: region.endpoint };
  await recordEvent(tx, { event: "region.changed", outcome: "done", actor: by, data });
}

/** Checks every region's storage system, and writes the result down. */
export async function checkRegions(): Promise<void> {
  const regions = await db.region.findMany({ where: { disabledAt: null } });
  await Promise.all(regions.map((region) => checkRegion(region)));
}

/** Checks one region's storage system, and writes the result down. Gives the fault that was found, null for none. */
export async function checkRegion(region: Region, report?: Report): Promise<string | null> {
  let checkError: string | null = null;
  let findings: Findings = {};
  let warnings = region.warnings;
  try {
    const context = { signal: AbortSignal.timeout(CHECK_DEADLINE_MS), requestId: region.id, report };
    const found = await openProvider(region).check(context);
    findings = found.findings;
    warnings = [...found.warnings];
    await ensureCalibration(region).catch(ignoreOtherProcess);
  } catch (error) {
    checkError = error instanceof Error ? error.message : "the check failed";
  }
  const checkedAt = new Date();
  const failingSince = checkError === null ? null : (region.failingSince ?? checkedAt);
  await db.region.update({ where: { id: region.id }, data: { checkedAt, checkError, failingSince, warnings } });
  const known = region.settings as Prisma.JsonObject;
  if (Object.entries(findings).every(([name, found]) => known[name] === found)) return checkError;
  // Only where the settings are still those that were checked.
  const where = { id: region.id, settings: { equals: known } };
  await db.region.updateMany({ where, data: { settings: { ...known, ...findings } } });
  return checkError;
}

function ignoreOtherProcess(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
}

async function requireRegionRow(tx: Transaction, name: string): Promise<{ id: string }> {
  const region = await tx.region.findUnique({ where: { name }, select: { id: true } });
  if (!region) throw new AppError("NOT_FOUND", "no such region", { userMessage: `There is no region ${name}.` });
  return region;
}
