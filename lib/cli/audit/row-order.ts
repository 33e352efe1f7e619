import { type ChainedRow, FIRST_PREVIOUS_HASH } from "@/lib/audit-log/rules";

/** The first thing in a file that is not as the portal wrote it. */
export interface Fault {
  kind: "changed" | "dropped" | "reordered" | "doubled" | "cut-off" | "signature" | "not-signed";
  /** The line of the file at which it shows. */
  line: number;
  /** The row, where one can be named. */
  sequence?: number;
}

/** Where the reading of the rows of an export stands. */
export interface Place {
  filtered: boolean;
  rows: number;
  /** The sequence of the last row, 0 before the first one. */
  last: number;
  lastHash: string;
  gaps: number;
  seen: Set<number>;
  /** A row is missing at this line. `early` is the row that stands there instead, if one does. */
  pending: { line: number; missing: number; early: number | undefined } | undefined;
  /** The rows behind that line. */
  seenLater: Set<number>;
}

export function startPlace(filtered: boolean): Place {
  const place = { filtered, rows: 0, last: 0, lastHash: FIRST_PREVIOUS_HASH, gaps: 0 };
  return { ...place, seen: new Set(), pending: undefined, seenLater: new Set() };
}

/**
 * Whether a row stands where it belongs. In the whole log every row follows the one before. In a filtered export every
 * row tells which row of the export is before it. Notes a row that is missing: only the rest of the file tells why.
 */
export function findOrderFault(place: Place, row: ChainedRow, after: number, line: number): Fault | undefined {
  const { sequence, previousHash, hash } = row;
  if (place.seen.has(sequence)) return { kind: "doubled", line, sequence };
  if (sequence <= place.last) return { kind: "reordered", line, sequence };
  const follows = sequence === place.last + 1;
  const isMissing = place.filtered ? after > place.last : !follows;
  if (isMissing) {
    place.pending = { line, missing: place.filtered ? after : place.last + 1, early: sequence };
    return undefined;
  }
  if (after !== place.last || (follows && previousHash !== place.lastHash)) return { kind: "changed", line, sequence };
  if (!follows) place.gaps += 1;
  place.seen.add(sequence);
  Object.assign(place, { rows: place.rows + 1, last: sequence, lastHash: hash });
  return undefined;
}

/** What became of the row that is missing at its place, after the whole file was read. */
export function settleFault({ pending, last, seenLater }: Place): Fault | undefined {
  if (!pending) return undefined;
  const { line, missing, early } = pending;
  if (early !== undefined && seenLater.has(early)) return { kind: "doubled", line, sequence: early };
  const late = [...seenLater].filter((sequence) => sequence > last && sequence <= missing);
  // Several rows may come late. The first of them is the one that belongs here.
  const displaced = late.reduce((least, sequence) => Math.min(least, sequence), Number.POSITIVE_INFINITY);
  if (displaced !== Number.POSITIVE_INFINITY) return { kind: "reordered", line, sequence: displaced };
  return { kind: "dropped", line, sequence: missing };
}
