import "server-only";
import { listRemovedKeys } from "@/lib/access-keys/data";
import { finalizeRevocations } from "@/lib/access-keys/revoke/finalize";
import { askGateway } from "@/lib/access-keys/revoke/measure";
import { db } from "@/lib/platform/db/client";
import { readDatabaseClock } from "@/lib/platform/db/locks";
import type { Calibration } from "@/lib/providers/calibration";
import type { Gateway, Provider } from "@/lib/providers/provider";
import {
  type DueReceipt,
  hasNoneToWaitFor,
  listDueReceipts,
  noteAsked,
  noteRefused,
  noteUnmeasurable,
  openReceipts,
} from "@/lib/receipts/data";
import { decideMeasurement, isMeasurementDue, UNMEASURABLE } from "@/lib/receipts/rules";
import type { Prisma, Region } from "@/prisma/generated/client";

/** So many receipts are measured in a round, and so many keys are called revoked. */
const TAKEN_AT_ONCE = 400;
/** A gateway is asked about so many keys at once. */
const ASKED_AT_ONCE = 4;
/** So many answers are written down together. The time of a refusal is that of the writing, so they are few. */
const NOTED_AT_ONCE = 40;

/** A region whose removed keys are measured. */
export interface MeasuredRegion {
  name: string;
  provider: Provider;
  calibration: Calibration;
}

/**
 * Asks every gateway once about each of such keys that it has not refused yet and that is to be asked about now, and calls
 * those keys revoked that no gateway is left to wait for. Gives how many. A gateway that is silent is asked no more in
 * this round. After `until` nobody is asked any more.
 */
export async function measureRound(
  region: MeasuredRegion,
  keys: Prisma.AccessKeyWhereInput,
  until: number,
): Promise<number> {
  const { name, provider } = region;
  const { revocationBoundMs } = provider.capabilities;
  const now = await readDatabaseClock(db);
  const listed = await listDueReceipts(keys, now, TAKEN_AT_ONCE);
  const due = await omitUnmeasurable(
    region,
    listed.filter((receipt) => isMeasurementDue(receipt, { revocationBoundMs, now })),
    now,
  );
  await Promise.all(
    provider.gateways().map((gateway) =>
      measureAtGateway(
        provider,
        gateway,
        due.filter(({ endpoint }) => endpoint === gateway.endpoint),
        until,
      ),
    ),
  );
  const after = await readDatabaseClock(db);
  const over = await listRemovedKeys({ AND: [keys, hasNoneToWaitFor(after, revocationBoundMs)] }, TAKEN_AT_ONCE);
  return (await finalizeRevocations(name, revocationBoundMs, over)).length;
}

/** Opens receipts of such removed keys for gateways that have come to the region since the removal. */
export async function openLaterReceipts(
  region: Pick<Region, "gateways">,
  provider: Provider,
  keys: Prisma.AccessKeyWhereInput,
): Promise<void> {
  for (const gateway of provider.gateways()) {
    const isWithout = { receipts: { none: { endpoint: gateway.endpoint } } };
    const sampled = region.gateways.length === 0;
    let removed: Awaited<ReturnType<typeof listRemovedKeys>>;
    do {
      removed = await listRemovedKeys({ AND: [keys, isWithout] }, TAKEN_AT_ONCE);
      if (removed.length > 0) await openReceipts(db, { keys: removed, gateways: [gateway], sampled, askedAt: null });
    } while (removed.length === TAKEN_AT_ONCE);
  }
}

/** Gives the receipts that can be measured here and now. Writes down which cannot be measured at all, and why. */
async function omitUnmeasurable(
  { provider, calibration }: MeasuredRegion,
  receipts: readonly DueReceipt[],
  now: Date,
): Promise<DueReceipt[]> {
  const endpoints = new Set(provider.gateways().map(({ endpoint }) => endpoint));
  const withNext = receipts.map((receipt) => {
    const isListed = endpoints.has(receipt.endpoint);
    return {
      receipt,
      next: isListed ? decideMeasurement(receipt, { calibration, hasSecret: false, now }) : "unlisted",
    };
  });
  for (const reason of ["none", "lost", "unlisted"] as const) {
    const ids = withNext.filter(({ next }) => next === reason).map(({ receipt }) => receipt.id);
    await noteUnmeasurable(ids, UNMEASURABLE[reason]);
  }
  return withNext.filter(({ next }) => next === "random-secret").map(({ receipt }) => receipt);
}

async function measureAtGateway(
  provider: Provider,
  gateway: Gateway,
  receipts: readonly DueReceipt[],
  until: number,
): Promise<void> {
  for (let from = 0; from < receipts.length && Date.now() < until; from += NOTED_AT_ONCE) {
    const answers = await askAbout(provider, gateway, receipts.slice(from, from + NOTED_AT_ONCE));
    const idsWith = (...wanted: Answer[]) =>
      [...answers].filter(([, answer]) => wanted.includes(answer)).map(([id]) => id);
    await noteRefused(idsWith("refused"));
    await noteAsked(idsWith("accepted"), true);
    await noteAsked(idsWith("unclear", "silent"), false);
    if (idsWith("silent").length > 0) return;
  }
}

type Answer = Awaited<ReturnType<typeof askGateway>>;

/** The answers by the ids of the receipts. None for those that were not asked about, because the gateway is silent. */
async function askAbout(
  provider: Provider,
  gateway: Gateway,
  receipts: readonly DueReceipt[],
): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  const waiting = [...receipts];
  let isSilent = false;
  const lane = async () => {
    for (let next = waiting.shift(); next && !isSilent; next = waiting.shift()) {
      const answer = await askGateway(provider, gateway, next.key.accessKeyId);
      answers.set(next.id, answer);
      isSilent ||= answer === "silent";
    }
  };
  await Promise.all(Array.from({ length: ASKED_AT_ONCE }, lane));
  return answers;
}
