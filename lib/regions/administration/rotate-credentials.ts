import { recordEvent } from "@/lib/audit/record";
import { changeInstallation } from "@/lib/gate/platform-change";
import type { Actor } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { lockRow, readDatabaseClock } from "@/lib/platform/db/locks";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { guard } from "@/lib/providers/guard";
import type { Provider } from "@/lib/providers/provider";
import { createProvider, explainNoRotation, nameSecretField } from "@/lib/providers/registry";
import { openRotation, sealRotation } from "@/lib/regions/administration/read-rotation";
import { recordFindings } from "@/lib/regions/administration/record-findings";
import {
  createContext,
  endFormer,
  giveUpRotation,
  readClaimEnd,
  saveMade,
} from "@/lib/regions/administration/resume-rotation";
import { findRegion, openCredentials, openProvider } from "@/lib/regions/data";
import { isSameRegion } from "@/lib/regions/rules";
import type { CheckOutput, Report } from "@/lib/regions/schema";
import type { Region } from "@/prisma/generated/client";

type Rotating = Provider & Required<Pick<Provider, "planCredentials" | "makeCredentials">>;

/**
 * Replaces the portal's own credentials at a region's storage system by new ones that only the portal knows. The plan is
 * written down before anything is made, the new ones are checked before they are saved, and the former ones are proved
 * refused at the end. Whatever crashes, the worker undoes or finishes it, see `resumeRotation`.
 */
export async function rotateCredentials(actor: Actor, name: string): Promise<CheckOutput> {
  const { findings, report, fail } = recordFindings();
  const refuse = (message: string): CheckOutput => ({ ok: false, reason: "region-refused", message, findings });
  const region = await findRegion(name);
  const why = await findObstacle(region);
  if (why) return refuse(why);
  try {
    const plan = await (openProvider(region) as Rotating).planCredentials(createContext());
    const claimed = await claim(actor, region, plan);
    if (!claimed) return refuse(`Someone rotates or changes ${name} at this moment. Nothing was changed. Try again.`);
    await carryOut(claimed, actor, plan, report);
    return { ok: true, message: `${name} has new credentials. The former ones are refused.`, findings };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    fail(error.message);
    const message = `The rotation in ${name} stopped: ${error.message}. ${await describeStand(region)}`;
    return { ok: false, reason: "check-failed", message, findings };
  }
}

/** Why the credentials of a region cannot be rotated now, as a sentence. Undefined when they can. */
async function findObstacle(region: Region): Promise<string | undefined> {
  const { name, provider } = region;
  if (region.declared) return `The regions file declares ${name}. Change the credentials where it takes them from.`;
  const why = explainNoRotation(provider);
  if (why) return why;
  if (region.sealedRotation)
    return `A rotation in ${name} is not finished${region.rotationError ? `: ${region.rotationError}` : ""}. The worker goes on with it each minute. Nothing was changed.`;
  const others = await db.region.findMany({ where: { provider, id: { not: region.id } } });
  const own = readMainSecret(region);
  const sharing = others.find((other) => own !== undefined && readMainSecret(other) === own);
  if (sharing)
    return `The region ${sharing.name} uses the same credentials, and they would be refused there. Give it others first. Nothing was changed.`;
  return undefined;
}

/** The secret that a rotation replaces. Undefined where no master key opens it. */
function readMainSecret(region: Region): string | undefined {
  try {
    const credentials = JSON.parse(openCredentials(region).reveal()) as Record<string, string>;
    return credentials[nameSecretField(region.provider)];
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}

async function carryOut(claimed: Region, actor: Actor, plan: Secret, report: Report): Promise<void> {
  const context = createContext();
  const former = openCredentials(claimed);
  const provider = openProvider(claimed) as Rotating;
  let made: Secret;
  let saved: Region;
  try {
    made = await provider.makeCredentials(plan, context);
    await openWith(claimed, made).check({ ...context, report });
    saved = await saveMade(claimed, actor, made, former);
  } catch (error) {
    const sure = error instanceof ProviderError && !error.mayHaveHappened;
    await giveUpRotation(claimed, { sure }).catch((cause: unknown) =>
      logger.warn({ err: cause, region: claimed.name }, "the rotation is left to the worker"),
    );
    throw error;
  }
  await endFormer(saved, openWith(saved, made), former, actor, context);
}

/** Which credentials count after a rotation that stopped, as a sentence. */
async function describeStand(before: Region): Promise<string> {
  const now = await findRegion(before.name);
  const open = now.sealedRotation ? openRotation(now).phase : undefined;
  if (open === "ending") return "The new credentials are saved; the worker goes on to end the former ones.";
  if (open === "making") return "The worker goes on each minute, and undoes or finishes the rotation.";
  const isFormer = isSameRegion({ ...before, sealedRotation: null }, now);
  return isFormer
    ? "The present credentials still count."
    : "The new credentials are saved, and the former ones are ended.";
}

/** Writes the plan down. Undefined when somebody else changed the region, or rotates its credentials. */
async function claim(actor: Actor, region: Region, plan: Secret): Promise<Region | undefined> {
  return changeInstallation(actor, "installation:manage", async (tx) => {
    await lockRow(tx, "regions", region.id, "update");
    const now = await tx.region.findUnique({ where: { id: region.id } });
    if (!now || now.sealedRotation || !isSameRegion(region, now)) return undefined;
    await recordEvent(tx, { event: "region.rotating", outcome: "requested", actor, data: { name: region.name } });
    const plannedAt = (await readDatabaseClock(tx)).toISOString();
    const rotation = sealRotation(region.id, { phase: "making", secret: plan.reveal(), plannedAt });
    const rotatingUntil = await readClaimEnd(tx);
    return tx.region.update({ where: { id: region.id }, data: { sealedRotation: rotation, rotatingUntil } });
  });
}

const openWith = (region: Region, credentials: Secret): Provider =>
  guard(createProvider(region.provider, { ...region, credentials }), region.name, logger);
