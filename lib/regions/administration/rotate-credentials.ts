import { randomUUID } from "node:crypto";
import { type AuditActor, recordEvent } from "@/lib/audit/record";
import { changeInstallation } from "@/lib/gate/platform-change";
import type { Actor } from "@/lib/gate/scope";
import { lockRow } from "@/lib/platform/db/locks";
import type { Transaction } from "@/lib/platform/db/client";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { guard } from "@/lib/providers/guard";
import type { Provider } from "@/lib/providers/provider";
import { createProvider, explainNoRotation } from "@/lib/providers/registry";
import { recordFindings } from "@/lib/regions/administration/record-findings";
import { endFormer, resumeRotation, saveMade, sealRotation } from "@/lib/regions/administration/resume-rotation";
import { findRegion, openCredentials, openProvider } from "@/lib/regions/data";
import { isSameRegion } from "@/lib/regions/rules";
import type { CheckOutput } from "@/lib/regions/schema";
import type { Region } from "@/prisma/generated/client";

/** Longer than all calls of a rotation together. After that the worker takes an interrupted one over. Milliseconds. */
const WITHIN_MS = 90_000;

type Rotating = Provider & Required<Pick<Provider, "planCredentials" | "makeCredentials">>;

/**
 * Replaces the portal's own credentials at a region's storage system by new ones that only the portal knows. The plan is
 * written down before anything is made, the new ones are checked before they are saved, and the former ones are proved
 * refused at the end. Whatever crashes, the worker undoes or finishes it, see `resumeRotation`.
 */
export async function rotateCredentials(actor: Actor, name: string): Promise<CheckOutput> {
  const { findings, report, fail } = recordFindings();
  const refuse = (message: string): CheckOutput => ({ ok: false, reason: "region-refused", message, findings });
  const stop = (message: string): CheckOutput => ({ ok: false, reason: "check-failed", message, findings });
  let region = await findRegion(name);
  if (region.declared)
    return refuse(`The regions file declares ${name}. Change the credentials where it takes them from.`);
  const why = explainNoRotation(region.provider);
  if (why) return refuse(why);
  try {
    const provider = openProvider(region) as Rotating;
    if (region.sealedRotation) {
      await resumeRotation(region);
      region = await findRegion(name);
    }
    const plan = await provider.planCredentials(createContext());
    const begun = await claim(actor, region, plan);
    if (!begun) return refuse(`Someone rotates or changes ${name} at this moment. Nothing was changed. Try again.`);
    const former = openCredentials(region);
    let made: Secret;
    try {
      made = await provider.makeCredentials(plan, createContext());
      const renewed = openWith(region, made);
      await renewed.check({ ...createContext(), report });
      await saveMade(begun, actor, made, former);
    } catch (error) {
      await resumeRotation(begun, true).catch((cause: unknown) =>
        logger.warn({ err: cause, region: name }, "the rotation is left to the worker"),
      );
      throw error;
    }
    await endFormer(begun, openWith(region, made), former, actor);
    return { ok: true, message: `${name} has new credentials. The former ones are refused.`, findings };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    fail(error.message);
    const now = await findRegion(name);
    const stands = isSameRegion({ ...region, sealedRotation: null }, { ...now, sealedRotation: null })
      ? "The present credentials still count."
      : "The new credentials are saved; the worker goes on to end the former ones.";
    return stop(`The rotation in ${name} stopped: ${error.message}. ${stands}`);
  }
}

/** Writes the plan down. Undefined when somebody else changed the region, or rotates its credentials. */
async function claim(actor: Actor, region: Region, plan: Secret): Promise<Region | undefined> {
  return changeInstallation(actor, "installation:manage", async (tx) => {
    await lockRow(tx, "regions", region.id, "update");
    const now = await tx.region.findUnique({ where: { id: region.id } });
    if (!now || now.sealedRotation || !isSameRegion(region, now)) return undefined;
    await recordRotation(tx, actor, region.name);
    const rotation = sealRotation(region.id, { phase: "making", secret: plan.reveal() });
    const rotatingUntil = new Date(Date.now() + WITHIN_MS);
    return tx.region.update({ where: { id: region.id }, data: { sealedRotation: rotation, rotatingUntil } });
  });
}

const recordRotation = (tx: Transaction, actor: AuditActor, name: string): Promise<void> =>
  recordEvent(tx, { event: "region.rotating", outcome: "requested", actor, data: { name } });

const openWith = (region: Region, credentials: Secret): Provider =>
  guard(createProvider(region.provider, { ...region, credentials }), region.name, logger);

const createContext = () => ({ signal: AbortSignal.timeout(WITHIN_MS), requestId: randomUUID() });
