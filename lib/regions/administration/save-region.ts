import { recordEvent } from "@/lib/audit/record";
import { changeInstallation } from "@/lib/gate/platform-change";
import type { Actor } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { withTransaction } from "@/lib/platform/db/transaction";
import { env } from "@/lib/platform/env";
import { AppError } from "@/lib/platform/errors";
import { composeInput } from "@/lib/regions/administration/compose-input";
import { recordFindings } from "@/lib/regions/administration/record-findings";
import { findRegion } from "@/lib/regions/data";
import {
  checkRegion,
  checkRegionInput,
  lockSaving,
  putCheckedRegion,
  setRegionDisabled,
} from "@/lib/regions/mutations";
import { isSameRegion } from "@/lib/regions/rules";
import type { CheckedRegion, CheckOutput, Finding, RegionWish, SwitchOutput } from "@/lib/regions/schema";
import type { Region } from "@/prisma/generated/client";

const outcomeOf = (passed: boolean) => (passed ? "done" : "failed");

type OnFinding = (finding: Finding) => void;
type Judged =
  | { ok: true; checked: CheckedRegion; known: Region | undefined; findings: Finding[] }
  | Extract<CheckOutput, { ok: false }>;

/**
 * Checks a region that is not saved, or a change of one. Saves nothing but who did so. `onFinding` is told each finding as
 * it comes.
 */
export async function checkWish(actor: Actor, wish: RegionWish, onFinding?: OnFinding): Promise<CheckOutput> {
  const judged = await judgeWish(wish, onFinding);
  const { ok: passed } = judged;
  const { name } = wish.region;
  const provider = wish.kind === "new" ? wish.region.provider : (await findRegion(name)).provider;
  await withTransaction((tx) =>
    recordEvent(tx, { event: "region.tested", outcome: outcomeOf(passed), actor, data: { name, provider, passed } }),
  );
  if (!judged.ok) return judged;
  return { ok: true, message: "The check passed. Nothing is saved yet.", findings: judged.findings };
}

/**
 * Checks a region and saves it. The check runs again whatever a check before it found: nobody can save what the server did
 * not see pass, and what is saved of the gateways is of now.
 */
export async function saveWish(actor: Actor, wish: RegionWish): Promise<CheckOutput> {
  const judged = await judgeWish(wish);
  if (!judged.ok) return judged;
  const { checked, known, findings } = judged;
  const { name } = checked;
  const masterKey = parseMasterKey(env.LATCHKEY_MASTER_KEY);
  const refusal = await changeInstallation(actor, "installation:manage", async (tx) => {
    await lockSaving(tx);
    const now = await tx.region.findUnique({ where: { name } });
    if (!isSameRegion(known, now ?? undefined))
      return `Someone ${known ? "changed" : "added"} the region ${name} during the check. Nothing was saved.`;
    const despiteRotation = wish.kind === "changed" && wish.region.despiteRotation === true;
    await putCheckedRegion(tx, actor, checked, masterKey, { despiteRotation });
    return undefined;
  });
  if (refusal) return { ok: false, reason: "region-refused", message: refusal, findings };
  return { ok: true, message: `The region ${name} is ${known ? "changed" : "added"}.`, findings };
}

async function judgeWish(wish: RegionWish, onFinding?: OnFinding): Promise<Judged> {
  const composed = await composeInput(wish);
  const { findings, report, fail } = recordFindings(onFinding);
  if (!composed.ok) {
    const message = composed.problems.join(" ");
    for (const text of composed.problems) report({ step: "settings", outcome: "failed", text });
    return { ok: false, reason: "region-refused", message: `${message} Nothing was saved.`, findings };
  }
  try {
    const checked = await checkRegionInput(composed.input, report);
    return { ok: true, checked, known: composed.known, findings };
  } catch (error) {
    if (!(error instanceof AppError && error.code === "BAD_INPUT" && error.userMessage)) throw error;
    fail(error.userMessage);
    return { ok: false, reason: "check-failed", message: error.userMessage, findings };
  }
}

/** Checks a saved region now, as the worker does each minute, and writes down the result and who did so. */
export async function checkSaved(actor: Actor, name: string, onFinding?: OnFinding): Promise<CheckOutput> {
  const region = await findRegion(name);
  const { findings, report, fail } = recordFindings(onFinding);
  const fault = await checkRegion(region, report);
  const passed = fault === null;
  await withTransaction((tx) =>
    recordEvent(tx, { event: "region.checked", outcome: outcomeOf(passed), actor, data: { name, passed } }),
  );
  if (fault === null) return { ok: true, message: `The region ${name} works.`, findings };
  fail(fault);
  return { ok: false, reason: "check-failed", message: `The region ${name} does not work: ${fault}.`, findings };
}

/** Switches a region off for new keys, or on again. The same again changes nothing. */
export async function switchRegion(actor: Actor, name: string, on: boolean): Promise<SwitchOutput> {
  const region = await findRegion(name);
  const message = on ? `New keys can be made in ${name} again.` : `No new keys are made in ${name}. Its keys work on.`;
  if ((region.disabledAt === null) === on) return { ok: true, message };
  if (region.declared) {
    const why = `The regions file declares ${name}. To switch it, use npm run admin -- region.`;
    return { ok: false, reason: "region-refused", message: why };
  }
  await changeInstallation(actor, "installation:manage", (tx) => setRegionDisabled(tx, actor, name, !on));
  return { ok: true, message };
}
