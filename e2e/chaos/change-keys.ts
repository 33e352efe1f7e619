import { setTimeout as wait } from "node:timers/promises";
import { PortalFailure } from "../fixtures/portal-answer";
import { type CallOptions, HOUR_SECONDS } from "../fixtures/portal-client";
import {
  type Acknowledgement,
  type Attempt,
  type Change,
  type History,
  isAdjustment,
  nameSlot,
  type Slot,
} from "./history";
import type { Random } from "./random";
import type { PersonWithProgram } from "./world/programs";
import type { World } from "./world/world";

/** How long users and programs wait for an answer. */
const TIMEOUT_MS = 40_000;
const MAX_ACKNOWLEDGE_TRIES = 12;
const RETRY_PAUSE_MS = 700;
/** Answers after which no change was tried: too many requests, or no connection. */
const NOT_TRIED = new Set(["RATE_LIMITED", "unreached"]);
/** Codes of the gate after which a change may have happened. */
const MAY_HAVE_HAPPENED = new Set(["INTERNAL", "UNAVAILABLE", "CONFLICT"]);

export interface ChangeOptions {
  isEnough: () => boolean;
  /** How many users act at the same time. */
  atOnce: number;
  /** The share of changes that start on purpose where another change is in flight. */
  contention: number;
  /** The share of delivered keys that nobody acknowledges, as of now. */
  readUnacknowledged: () => number;
  /** The share of changes that programs ask for. */
  programs: number;
  /**
   * The share of changes of an enabled slot that switch the key off or on, set its date or end an overlap, and of
   * regenerations that keep the old key.
   */
  adjustments: number;
  /** Called after each answer to a change and to an acknowledgement. */
  onAnswer: (attempt: Attempt) => Promise<void>;
}

/** Attempts that reached the rules: neither unreached nor rate-limited. */
export function countOperations({ attempts }: History): number {
  return attempts.filter(({ answer }) => answer !== undefined && !NOT_TRIED.has(answer)).length;
}

/** Operations that have an answer. A portal that is down gives none, and such operations test nothing. */
export function countAnswered({ attempts }: History): number {
  return attempts.filter(({ answer }) => answer !== undefined && answer !== "unknown" && !NOT_TRIED.has(answer)).length;
}

/** Users and programs change keys, several at the same time, until `isEnough`. */
export async function changeKeys(
  world: World,
  history: History,
  random: Random,
  options: ChangeOptions,
): Promise<void> {
  const work = async (own: Random) => {
    while (!options.isEnough()) {
      const { answer = "" } = await changeOneKey(world, history, own, options);
      // Nobody sends requests without pause to a portal that is down.
      const failed = answer === "unknown" || NOT_TRIED.has(answer);
      await wait(failed ? RETRY_PAUSE_MS : own.between(0, 120));
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, (_none, index) => work(random.fork(`person ${index}`))));
}

async function changeOneKey(world: World, history: History, random: Random, options: ChangeOptions): Promise<Attempt> {
  const { slot, change } = chooseChange(world, history, random, options);
  const person = random.pick(world.membersOf(slot.project));
  const earlier = random.chance(0.06) ? random.pick([...history.attempts.slice(-40), undefined]) : undefined;
  if (earlier) return repeat(world, history, random, earlier, options);
  const by = random.chance(options.programs) ? "program" : "browser";
  const date = change === "setExpiration" ? { expirationDate: chooseDate(random) } : {};
  const keeps = change === "regenerate" && options.adjustments > 0 && random.chance(options.adjustments);
  const overlap = keeps ? { overlapSeconds: HOUR_SECONDS } : {};
  const attempt = history.begin({
    change,
    slot,
    requestId: random.uuid(),
    personId: person.id,
    by,
    ...date,
    ...overlap,
  });
  await send(world, attempt, person, random, options);
  // Without an answer, most repeat the request with the same request id.
  if (attempt.answer === "unknown" && random.chance(0.7)) await repeat(world, history, random, attempt, options);
  return attempt;
}

/** Usually a slot without a change in flight. With a chance of `contention` one with; half of those changes disable. */
function chooseChange(
  world: World,
  history: History,
  random: Random,
  options: ChangeOptions,
): { slot: Slot; change: Change } {
  const inFlight = history.attempts.slice(-30).filter(({ ended }) => ended === undefined);
  if (inFlight.length > 0 && random.chance(options.contention)) {
    const { slot } = random.pick(inFlight);
    return { slot, change: random.chance(0.5) ? "disable" : chooseSensibleChange(history, slot, random, options) };
  }
  const isBusy = (slot: Slot) => inFlight.some((other) => nameSlot(other.slot) === nameSlot(slot));
  const free = world.slots.filter((slot) => !isBusy(slot));
  const slot = random.pick(free.length > 0 ? free : world.slots);
  return { slot, change: chooseSensibleChange(history, slot, random, options) };
}

/** A change that the rules probably allow, and now and then one that they refuse. */
function chooseSensibleChange(history: History, slot: Slot, random: Random, { adjustments }: ChangeOptions): Change {
  const answer = history.of(slot).findLast(({ ended }) => ended !== undefined)?.answer;
  const mayHaveKey = history.listPossibleKeys(slot).some((id) => id !== undefined);
  const isEnabled = answer === "already-enabled" || answer === "name-taken" || (answer !== "not-enabled" && mayHaveKey);
  if (isEnabled && adjustments > 0 && random.chance(adjustments))
    return random.pick(["deactivate", "activate", "activate", "setExpiration", "retire", "keepLonger"]);
  const roll = random.next();
  if (isEnabled) return roll < 0.72 ? "regenerate" : roll < 0.95 ? "disable" : "enable";
  return roll < 0.88 ? "enable" : roll < 0.95 ? "disable" : "regenerate";
}

/** Never, far away, or so soon that the key expires during the run. The portal refuses a date within a minute. */
function chooseDate(random: Random): string | null {
  const roll = random.next();
  if (roll < 0.4) return null;
  const inMs = roll < 0.6 ? 86_400_000 : random.between(61_000, 90_000);
  return new Date(Date.now() + inMs).toISOString();
}

async function send(
  world: World,
  attempt: Attempt,
  person: PersonWithProgram,
  random: Random,
  options: ChangeOptions,
): Promise<void> {
  const { by, begun } = attempt;
  const at = random.pick(world.webs);
  try {
    const callOptions = { at, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const client = by === "program" ? person.program : person.client;
    const answer = await ask(client, attempt, callOptions);
    if (answer.kind === "refused") attempt.answer = MAY_HAVE_HAPPENED.has(answer.code) ? "unknown" : answer.code;
    else if (!answer.data.ok) attempt.answer = answer.data.reason;
    else if (answer.data.outcome === "revoking" || answer.data.outcome === "done") attempt.answer = "done";
    else if (answer.data.outcome === "issued") {
      attempt.answer = "issued";
      attempt.key = answer.data;
    } else attempt.answer = "already-done";
    attempt.message = answer.kind === "data" && "message" in answer.data ? answer.data.message : undefined;
  } catch (error) {
    attempt.answer = toAnswer(error);
  }
  attempt.ended = Date.now();
  if (by === "program" && attempt.key) attempt.acknowledged = { begun, ended: attempt.ended, answer: "ok" };
  await options.onAnswer(attempt);
  if (by === "program" || !attempt.key) return;
  if (random.chance(options.readUnacknowledged())) return;
  if (random.chance(0.2)) await wait(random.between(200, 6_000));
  await acknowledge(world, attempt, person, random);
  await options.onAnswer(attempt);
}

function ask(
  client: PersonWithProgram["program"] | PersonWithProgram["client"],
  { change, slot: { access, ...place }, requestId, expirationDate = null, overlapSeconds }: Attempt,
  options: CallOptions,
) {
  const request = { ...place, requestId };
  switch (change) {
    case "enable":
      return client.enable({ ...request, ...(access ? { access } : {}) }, options);
    case "regenerate":
      return client.regenerate({ ...request, ...(overlapSeconds ? { overlapSeconds } : {}) }, options);
    case "setExpiration":
      return client.setExpiration({ ...request, expirationDate }, options);
    default:
      return client[change](request, options);
  }
}

/** Acknowledges a key, and repeats that until the portal answers, as the browser does. */
async function acknowledge(world: World, attempt: Attempt, person: PersonWithProgram, random: Random): Promise<void> {
  if (!attempt.key || !("operationId" in attempt.key)) return;
  const { operationId } = attempt.key;
  const acknowledgement: Acknowledgement = { begun: Date.now(), answer: "unknown" };
  attempt.acknowledged = acknowledgement;
  for (let tries = 0; tries < MAX_ACKNOWLEDGE_TRIES && acknowledgement.answer === "unknown"; tries += 1) {
    if (tries > 0) await wait(RETRY_PAUSE_MS);
    try {
      const callOptions = { at: random.pick(world.webs), signal: AbortSignal.timeout(TIMEOUT_MS) };
      const answer = await person.client.acknowledge({ project: attempt.slot.project, operationId }, callOptions);
      if (answer.kind === "data") acknowledgement.answer = answer.data.ok ? "ok" : "refused";
      else if (!MAY_HAVE_HAPPENED.has(answer.code) && !NOT_TRIED.has(answer.code)) acknowledgement.answer = "refused";
    } catch (error) {
      toAnswer(error);
    }
  }
  acknowledgement.ended = Date.now();
}

/** Sends the same request once more. If the answer says how the earlier attempts ended, the history notes it. */
async function repeat(
  world: World,
  history: History,
  random: Random,
  first: Attempt,
  options: ChangeOptions,
): Promise<Attempt> {
  const person = world.people.find(({ id }) => id === first.personId);
  if (!person) throw new Error("the person of an attempt does not exist");
  const { change, slot, requestId, personId, by, expirationDate, overlapSeconds } = first;
  const date = expirationDate === undefined ? {} : { expirationDate };
  const overlap = overlapSeconds === undefined ? {} : { overlapSeconds };
  const attempt = history.begin({ change, slot, requestId, personId, by, ...date, ...overlap });
  await send(world, attempt, person, random, options);
  if ((change === "disable" || isAdjustment(change) || by === "program") && attempt.answer === "already-done")
    history.noteDone(attempt);
  return attempt;
}

function toAnswer(error: unknown): "unknown" | "unreached" {
  if (error instanceof PortalFailure) return error.mayHaveHappened ? "unknown" : "unreached";
  throw error;
}
