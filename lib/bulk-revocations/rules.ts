import { ENDED_STATES, type KeyState, LIVE_STATES } from "@/lib/access-keys/rules";
import type { BulkRefusal, BulkResult, Choice, ChosenBy } from "@/lib/bulk-revocations/schema";
import type { BulkKeyState } from "@/prisma/generated/client";

/** The form of the access key ids that Latchkey makes, with nothing of a longer word around. */
const ID_FORM = /(?<![A-Za-z0-9])LK[A-Z0-9]{18}(?![A-Za-z0-9])/g;

/**
 * The texts of the form of an access key id in a text, each once, in their order. The form alone does not say that a key
 * is ours. Only these leave the browser or the command line: the rest of the text may hold secrets.
 */
export function findIdForms(text: string): string[] {
  return [...new Set(text.match(ID_FORM) ?? [])];
}

/**
 * The state in which a key stands in a new bulk revocation. One that another change is removing still works somewhere: it
 * counts as being removed until that is proved.
 */
export function beginItem(state: KeyState): BulkKeyState {
  if (LIVE_STATES.includes(state)) return "WAITING";
  return ENDED_STATES.includes(state) ? "ALREADY_ENDED" : "RUNNING";
}

const RESULTS: Record<BulkKeyState, BulkResult> = {
  WAITING: "waiting",
  RUNNING: "running",
  REVOKED: "revoked",
  ALREADY_ENDED: "already-ended",
  FAILED: "failed",
};

/** The result of a key as callers read it. */
export const nameResult = (state: BulkKeyState): BulkResult => RESULTS[state];

/** A result that a caller gives, as it is stored. */
export function readResult(result: BulkResult): BulkKeyState {
  const found = (Object.keys(RESULTS) as BulkKeyState[]).find((state) => RESULTS[state] === result);
  if (!found) throw new Error(`no result ${result}`);
  return found;
}

export type Counts = Record<BulkResult, number>;

/** Counts by result, from counts by stored state. */
export function composeCounts(groups: readonly { state: BulkKeyState; count: number }[]): Counts {
  const counts: Counts = { waiting: 0, running: 0, revoked: 0, "already-ended": 0, failed: 0 };
  for (const { state, count } of groups) counts[RESULTS[state]] += count;
  return counts;
}

/** By what a choice chooses, and the name of the thing; a text is kept nowhere. */
export function describeChoice(choice: Choice): { by: ChosenBy; chosen: string | undefined } {
  if (choice.project !== undefined) return { by: "project", chosen: choice.project };
  if (choice.user !== undefined) return { by: "user", chosen: choice.user };
  if (choice.region !== undefined) return { by: "region", chosen: choice.region };
  return { by: "text", chosen: undefined };
}

const SENTENCES: Record<BulkRefusal, string> = {
  "no-such-project": "There is no project of this name. Nothing was changed.",
  "no-such-user": "Nobody has an account with this e-mail address. Nothing was changed.",
  "no-such-region": "There is no region of this name. Nothing was changed.",
  "no-keys": "No live key is chosen, so there is nothing to revoke. Nothing was changed.",
  "too-many-keys":
    "More than 10,000 keys are chosen. Nothing was changed; revoke them in parts, by project or by a list.",
  "preview-outdated": "The keys changed at the time of the preview. Nothing was changed; look at the preview again.",
  "request-reused": "This request was sent before with other values. Nothing was changed; open the page again.",
  "nothing-failed": "No key of this bulk revocation has failed. Nothing was changed.",
};

/** The sentence for a refusal. */
export const describeRefusal = (reason: BulkRefusal): string => SENTENCES[reason];

/** Why a key was left alone when the person in whose name it was to be ended may not do that any more. */
export const describeLostRole = (name: string): string =>
  `${name} may not revoke keys any more. The key still works; another person of support can retry.`;

/** What became of the choice between the preview and the start, as the end of a message. Empty when nothing did. */
export function describeChanges({ endedSince, madeSince }: { endedSince: number; madeSince: number }): string {
  const ended = endedSince === 0 ? "" : ` ${countKeys(endedSince)} ended since the preview.`;
  const made = madeSince === 0 ? "" : ` ${countKeys(madeSince)} made since the preview: not included.`;
  return ended + made;
}

/** What a preview says of texts that are no access keys because of their checksum. */
export const describeMistyped = (count: number): string =>
  count === 1
    ? "1 text looks like an access key of this portal, and is mistyped."
    : `${count.toLocaleString("en-US")} texts look like access keys of this portal, and are mistyped.`;

export const countKeys = (count: number): string => (count === 1 ? "1 key" : `${count.toLocaleString("en-US")} keys`);
