import { setTimeout as pause } from "node:timers/promises";
import { PortalFailure } from "../fixtures/portal-answer";
import type { Acknowledgement, Attempt, History, Kind, Slot } from "./history";
import type { PersonWithProgram } from "./people";
import type { Random } from "./random";
import type { World } from "./world";

/** How long the storm's people wait for an answer. */
const PATIENCE_MS = 40_000;
const ACKNOWLEDGE_TRIES = 12;
const RETRY_PAUSE_MS = 700;
/** Said when no change was tried: too fast, or nobody there. */
const NOT_TRIED = new Set(["RATE_LIMITED", "unreached"]);
/** What the gate answers when it does not know how it ended. */
const MAY_HAVE_HAPPENED = new Set(["INTERNAL", "UNAVAILABLE", "CONFLICT"]);

export interface DriverOptions {
  /** Whether that was enough. */
  isEnough: () => boolean;
  /** How many people act at once. */
  atOnce: number;
  /** How many go on purpose where somebody is changing something. */
  crowd: number;
  /** How many pairs are left without acknowledgement now. */
  readForget: () => number;
  /** How many changes programs ask for. */
  programs: number;
  /** Called when an attempt and all that belongs to it has its answer. */
  onAnswer: (attempt: Attempt) => Promise<void>;
}

/** Operations that were really tried. */
export function countOperations(history: History): number {
  return history.attempts.filter(({ said }) => said !== undefined && !NOT_TRIED.has(said)).length;
}

/** Operations that were answered. A portal that is down answers none, and nothing is learnt of it then. */
export function countAnswered(history: History): number {
  return history.attempts.filter(({ said }) => said !== undefined && said !== "unknown" && !NOT_TRIED.has(said)).length;
}

/** People who change keys, several at once, until it is enough. */
export async function drive(world: World, history: History, random: Random, options: DriverOptions): Promise<void> {
  const work = async (own: Random) => {
    while (!options.isEnough()) {
      const { said = "" } = await act(world, history, own, options);
      // Nobody hammers at a portal that is down.
      const failed = said === "unknown" || NOT_TRIED.has(said);
      await pause(failed ? RETRY_PAUSE_MS : own.between(0, 120));
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, (_none, index) => work(random.fork(`person ${index}`))));
}

async function act(world: World, history: History, random: Random, options: DriverOptions): Promise<Attempt> {
  const { slot, kind } = chooseChange(world, history, random, options.crowd);
  const person = random.pick(world.membersOf(slot.project));
  const again = random.chance(0.06) ? random.pick([...history.attempts.slice(-40), undefined]) : undefined;
  if (again) return repeat(world, history, random, again, options);
  const by = random.chance(options.programs) ? "program" : "browser";
  const attempt = history.begin({ kind, slot, requestId: random.uuid(), personId: person.id, by });
  await carryOut(world, attempt, person, random, options);
  // Who heard nothing asks again, with the same request id.
  if (attempt.said === "unknown" && random.chance(0.7)) await repeat(world, history, random, attempt, options);
  return attempt;
}

/** Most of the time something that nobody is changing. Where somebody is, half of the people disable it. */
function chooseChange(world: World, history: History, random: Random, crowd: number): { slot: Slot; kind: Kind } {
  const busy = history.attempts.slice(-30).filter(({ ended }) => ended === undefined);
  if (busy.length > 0 && random.chance(crowd)) {
    const { slot } = random.pick(busy);
    return { slot, kind: random.chance(0.5) ? "disable" : chooseKind(history, slot, random) };
  }
  const isBusy = (slot: Slot) =>
    busy.some((other) => other.slot.project === slot.project && other.slot.region === slot.region);
  const free = world.slots.filter((slot) => !isBusy(slot));
  const slot = random.pick(free.length > 0 ? free : world.slots);
  return { slot, kind: chooseKind(history, slot, random) };
}

/** What makes sense as far as the storm knows, and now and then what does not. */
function chooseKind(history: History, slot: Slot, random: Random): Kind {
  const told = history.of(slot).findLast(({ ended }) => ended !== undefined)?.said;
  const mayStand = history.whatMayStand(slot).some((id) => id !== undefined);
  const enabled = told === "already-enabled" || (told !== "not-enabled" && mayStand);
  const roll = random.next();
  if (enabled) return roll < 0.72 ? "regenerate" : roll < 0.95 ? "disable" : "enable";
  return roll < 0.88 ? "enable" : roll < 0.95 ? "disable" : "regenerate";
}

async function carryOut(
  world: World,
  attempt: Attempt,
  person: PersonWithProgram,
  random: Random,
  options: DriverOptions,
): Promise<void> {
  const { kind, slot, requestId, by, begun } = attempt;
  const at = random.pick(world.webs);
  try {
    const intention = { ...slot, requestId };
    const given = { at, signal: AbortSignal.timeout(PATIENCE_MS) };
    const answer = await (by === "program" ? person.program : person.client)[kind](intention, given);
    if (answer.kind === "refused") attempt.said = MAY_HAVE_HAPPENED.has(answer.code) ? "unknown" : answer.code;
    else if (!answer.data.ok) attempt.said = answer.data.reason;
    else if (answer.data.outcome === "revoking") attempt.said = "done";
    else if (answer.data.outcome === "issued") {
      attempt.said = "issued";
      attempt.pair = answer.data;
    } else attempt.said = "already-done";
    attempt.message = answer.kind === "data" && "message" in answer.data ? answer.data.message : undefined;
  } catch (error) {
    attempt.said = toSaid(error);
  }
  attempt.ended = Date.now();
  if (by === "program" && attempt.pair) attempt.acknowledged = { begun, ended: attempt.ended, said: "ok" };
  await options.onAnswer(attempt);
  if (by === "program" || !attempt.pair) return;
  if (random.chance(options.readForget())) return;
  if (random.chance(0.2)) await pause(random.between(200, 6_000));
  await acknowledge(world, attempt, person, random);
  await options.onAnswer(attempt);
}

/** Says that the pair has arrived, again and again until the portal answers, as the browser does. */
async function acknowledge(world: World, attempt: Attempt, person: PersonWithProgram, random: Random): Promise<void> {
  if (!attempt.pair || !("operationId" in attempt.pair)) return;
  const { operationId } = attempt.pair;
  const made: Acknowledgement = { begun: Date.now(), said: "unknown" };
  attempt.acknowledged = made;
  for (let tries = 0; tries < ACKNOWLEDGE_TRIES && made.said === "unknown"; tries += 1) {
    if (tries > 0) await pause(RETRY_PAUSE_MS);
    try {
      const given = { at: random.pick(world.webs), signal: AbortSignal.timeout(PATIENCE_MS) };
      const answer = await person.client.acknowledge({ project: attempt.slot.project, operationId }, given);
      if (answer.kind === "data") made.said = answer.data.ok ? "ok" : "refused";
      else if (!MAY_HAVE_HAPPENED.has(answer.code) && !NOT_TRIED.has(answer.code)) made.said = "refused";
    } catch (error) {
      toSaid(error);
    }
  }
  made.ended = Date.now();
}

/** The same request once more. What it answers about the former ones is written down there. */
async function repeat(
  world: World,
  history: History,
  random: Random,
  first: Attempt,
  options: DriverOptions,
): Promise<Attempt> {
  const person = world.people.find(({ id }) => id === first.personId);
  if (!person) throw new Error("the person of an attempt is gone");
  const { kind, slot, requestId, personId, by } = first;
  const attempt = history.begin({ kind, slot, requestId, personId, by });
  await carryOut(world, attempt, person, random, options);
  if ((kind === "disable" || by === "program") && attempt.said === "already-done") history.noteDone(attempt);
  return attempt;
}

function toSaid(error: unknown): "unknown" | "unreached" {
  if (error instanceof PortalFailure) return error.mayHaveHappened ? "unknown" : "unreached";
  throw error;
}
