import { randomUUID } from "node:crypto";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { awaitAcknowledgement, type Deliver } from "@/lib/access-keys/issue/deliver";
import { issueKey } from "@/lib/access-keys/issue/issue-key";
import { writeAhead } from "@/lib/access-keys/issue/write-ahead";
import { expireKey } from "@/lib/access-keys/lifecycle/expire";
import { hasPassed } from "@/lib/access-keys/lifecycle/rules";
import { retireDueKey, retireKey } from "@/lib/access-keys/lifecycle/retire";
import { settleOperation } from "@/lib/access-keys/repair/undo";
import { disableAccess } from "@/lib/access-keys/revoke/disable";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";
import { readMarker } from "@/lib/installation/data";
import { db } from "@/lib/platform/db/client";
import { withLease } from "@/lib/principals/mutations";
import { letTimePass } from "@/testing/factories/project-with-keys";
import { listOverdue, REGION, type Situation, type Slot } from "@/testing/interleavings/slot";

/** Something that happens to a slot. */
export interface Step {
  name: string;
  /** How often it is drawn where it can happen. */
  weight: number;
  canHappen: (situation: Situation) => boolean;
  run: (slot: Slot, situation: Situation) => Promise<unknown>;
}

const HOUR = 3_600;
const past = () => new Date(Date.now() - 1_000);

/** What becomes of a secret on its way: the process dies before or after the portal knows that it was sent. */
class Death extends Error {}
const dieBeforeSending: Deliver = async () => {
  throw new Death("before the delivery");
};
const dieAfterSending: Deliver = async (...delivery) => {
  await awaitAcknowledgement(...delivery);
  throw new Death("after the delivery");
};
const ignoreDeath = (error: unknown) => {
  if (!(error instanceof Death)) throw error;
  return undefined;
};

function composeRequest({ scope }: Slot, { current }: Situation, overlapSeconds: number | null) {
  return {
    ...{ kind: current ? ("REGENERATE" as const) : ("ENABLE" as const), scope, region: REGION, slot: DEFAULT_SLOT },
    ...{ access: "FULL" as const, requestId: randomUUID(), expiresAt: null, overlapSeconds },
  };
}

/** Enables or regenerates, up to the moment before the acknowledgement. */
async function issue(
  slot: Slot,
  situation: Situation,
  overlapSeconds: number | null,
  deliver: Deliver = awaitAcknowledgement,
): Promise<void> {
  const outcome = await issueKey(composeRequest(slot, situation, overlapSeconds), deliver).catch(ignoreDeath);
  if (!outcome?.ok || outcome.outcome !== "issued") return;
  slot.secrets.set(outcome.change.accessKeyId, outcome.secret);
  slot.sent = outcome;
}

/** The browser acknowledges what was sent last, in time or late. Gives the keys whose removal can start. */
async function acknowledge(slot: Slot): Promise<string[]> {
  if (!slot.sent) return [];
  const committed = await commitKey(slot.scope, slot.sent.change.operationId);
  slot.sent = undefined;
  if (!committed.ok) return [];
  slot.isWanted = true;
  return committed.revoking;
}

async function removeAll(keyIds: readonly string[]): Promise<void> {
  for (const keyId of keyIds) await revokeKey(keyId);
}

/** Ends the overlap, or keeps the old key for longer. Gives the keys whose removal can start. */
async function retire({ scope }: Slot, keepSeconds: number | null): Promise<string[]> {
  const place = { scope, region: REGION, slot: DEFAULT_SLOT, requestId: randomUUID() };
  return (await retireKey({ ...place, keepSeconds })).revoking ?? [];
}

async function disable(slot: Slot): Promise<string[]> {
  const place = { scope: slot.scope, region: REGION, slot: DEFAULT_SLOT, requestId: randomUUID() };
  const disabled = await disableAccess(place);
  if (!disabled.ok) return [];
  slot.isWanted = false;
  return disabled.outcome === "revoking" ? disabled.revoking : [];
}

/** A process writes a change ahead and dies: nothing is made, and its lease runs out. */
async function dieAfterWritingAhead(slot: Slot, situation: Situation): Promise<void> {
  const marker = await readMarker();
  const request = composeRequest(slot, situation, HOUR);
  const begin: Parameters<typeof withLease>[2]["begin"] = (tx, beginning) => writeAhead(tx, beginning, request, marker);
  await withLease(slot.principal.id, "Mia", { begin }, async () => {
    throw new Death("before the key was made");
  }).catch(ignoreDeath);
}

/** A worker removes a key whose end is decided, and dies. Another may have done the same before. */
async function dieAfterRemoval({ storage, principal }: Slot, { revoking }: Situation): Promise<void> {
  const there = await storage.readKeyIds(REGION, principal.externalId);
  const key = revoking.find(({ removedAt, accessKeyId }) => removedAt === null && there.includes(accessKeyId));
  if (key) await storage.removeKeyDirectly(REGION, principal.externalId, key.accessKeyId);
}

/** A process takes the lease and dies. Its lease has run out. */
async function letLeaseRunOut({ principal }: Slot): Promise<void> {
  const data = { fence: { increment: 1 }, leaseUntil: past(), leaseLabel: "a dead process" };
  await db.principal.update({ where: { id: principal.id }, data });
}

const setDates = (id: string | undefined, data: { expiresAt?: Date; retiresAt?: Date }) =>
  db.accessKey.updateMany({ where: { id: id ?? "" }, data });

const always = () => true;
const hasCurrent = ({ current }: Situation) => current !== undefined;
const hasRetiring = ({ retiring }: Situation) => retiring !== undefined;
const hasRevoking = ({ revoking }: Situation) => revoking.length > 0;
const hasOpen = ({ open }: Situation) => open.length > 0;
const isPastDate = ({ current, now }: Situation) => current?.state === "ACTIVE" && hasPassed(current.expiresAt, now);
const isUnproved = ({ revoking }: Situation) => revoking.some(({ removedAt }) => removedAt === null);

const BY_PEOPLE: Step[] = [
  {
    name: "somebody enables or regenerates, and acknowledges; the old key is removed",
    weight: 1,
    canHappen: always,
    run: async (slot, situation) => {
      await issue(slot, situation, null);
      await removeAll(await acknowledge(slot));
    },
  },
  {
    name: "somebody enables or regenerates with an overlap, and acknowledges; nothing is removed yet",
    weight: 4,
    canHappen: always,
    run: async (slot, situation) => {
      await issue(slot, situation, situation.current ? HOUR : null);
      await acknowledge(slot);
    },
  },
  {
    name: "somebody regenerates and does not acknowledge",
    weight: 3,
    canHappen: hasCurrent,
    run: (slot, situation) => issue(slot, situation, HOUR),
  },
  { name: "somebody acknowledges, maybe late", weight: 4, canHappen: ({ isSent }) => isSent, run: acknowledge },
  {
    name: "somebody retires the old key, which is removed",
    weight: 2,
    canHappen: hasRetiring,
    run: async (slot) => removeAll(await retire(slot, null)),
  },
  {
    name: "somebody retires the old key, and the process dies",
    weight: 2,
    canHappen: hasRetiring,
    run: (slot) => retire(slot, null),
  },
  {
    name: "somebody keeps the old key for longer",
    weight: 2,
    canHappen: hasRetiring,
    run: (slot) => retire(slot, HOUR),
  },
  {
    name: "somebody disables access, and the keys are removed",
    weight: 1,
    canHappen: hasCurrent,
    run: async (slot) => removeAll(await disable(slot)),
  },
  { name: "somebody disables access, and the process dies", weight: 1, canHappen: always, run: disable },
];

const BY_TIME: Step[] = [
  {
    name: "the overlap is over",
    weight: 3,
    canHappen: hasRetiring,
    run: (_slot, { retiring }) => setDates(retiring?.id, { retiresAt: past() }),
  },
  {
    name: "the date of the old key passes",
    weight: 1,
    canHappen: hasRetiring,
    run: (_slot, { retiring }) => setDates(retiring?.id, { expiresAt: past(), retiresAt: past() }),
  },
  {
    name: "the date of the current key passes",
    weight: 1,
    canHappen: hasCurrent,
    run: async (slot, { current }) => {
      await setDates(current?.id, { expiresAt: past() });
      slot.isWanted = false;
    },
  },
  {
    name: "the time of an open change runs out",
    weight: 4,
    canHappen: hasOpen,
    run: async (_slot, { open }) => letTimePass(open[0]?.id ?? ""),
  },
];

const BY_WORKER: Step[] = [
  {
    name: "the worker looks at the old key",
    weight: 3,
    canHappen: hasRetiring,
    run: async (_slot, { retiring }) => retireDueKey(retiring?.id ?? ""),
  },
  {
    name: "the worker looks at the date of the current key",
    weight: 1,
    canHappen: hasCurrent,
    run: async (_slot, { current }) => expireKey(current?.id ?? ""),
  },
  {
    name: "the worker settles a change",
    weight: 3,
    canHappen: hasOpen,
    run: async (_slot, { open }) => settleOperation(open[0]?.id ?? ""),
  },
  {
    name: "the worker removes a key",
    weight: 3,
    canHappen: hasRevoking,
    run: async (_slot, { revoking }) => revokeKey(revoking[0]?.id ?? ""),
  },
];

const BY_DEATH: Step[] = [
  { name: "a process dies after it wrote a change ahead", weight: 2, canHappen: always, run: dieAfterWritingAhead },
  {
    name: "a process dies after it made a key",
    weight: 2,
    canHappen: always,
    run: (slot, situation) => issue(slot, situation, null, dieBeforeSending),
  },
  {
    name: "a process dies while it sends a secret",
    weight: 2,
    canHappen: always,
    run: (slot, situation) => issue(slot, situation, null, dieAfterSending),
  },
  { name: "a process dies with the lease", weight: 2, canHappen: always, run: letLeaseRunOut },
  {
    name: "the worker dies after a removal, before it is written down",
    weight: 2,
    canHappen: isUnproved,
    run: dieAfterRemoval,
  },
  {
    name: "the worker dies after it switched an expired key off, before that is written down",
    weight: 2,
    canHappen: isPastDate,
    run: ({ storage, principal }, { current }) =>
      storage.patchKeyDirectly(REGION, principal.externalId, current?.accessKeyId ?? "", { state: "inactive" }),
  },
  {
    name: "the worker dies after it marked a change to be undone",
    weight: 2,
    canHappen: (situation) => listOverdue(situation).length > 0,
    run: (_slot, situation) => {
      const [operation] = listOverdue(situation);
      return db.operation.update({ where: { id: operation?.id ?? "" }, data: { state: "UNDOING" } });
    },
  },
];

const STEPS = [...BY_PEOPLE, ...BY_TIME, ...BY_WORKER, ...BY_DEATH];

/** The step that a random number stands for, among those that can happen now. */
export function pickStep(situation: Situation, random: number): Step {
  const possible = STEPS.filter((step) => step.canHappen(situation)).flatMap((step) =>
    Array<Step>(step.weight).fill(step),
  );
  const step = possible[random % possible.length];
  if (!step) throw new Error("nothing can happen");
  return step;
}

/** Carries everything out that is decided, overdue or due, as the worker does when it looks. False when nothing is. */
export async function settleOnce({ open, retiring, current, revoking, now }: Situation): Promise<boolean> {
  for (const { id } of open) {
    await letTimePass(id);
    await settleOperation(id);
  }
  const isDue = retiring !== undefined && hasPassed(retiring.retiresAt, now);
  const isExpired = current?.state === "ACTIVE" && hasPassed(current.expiresAt, now);
  if (isDue) await retireDueKey(retiring.id);
  if (isExpired) await expireKey(current.id);
  await removeAll(revoking.map(({ id }) => id));
  return open.length > 0 || isDue || isExpired || revoking.length > 0;
}
