import { isKnownFormat, type ParsedLine, parseLine } from "@/lib/cli/audit/parse-line";
import type { Line } from "@/lib/cli/audit/read-lines";
import { type Fault, findOrderFault, type Place, settleFault, startPlace } from "@/lib/cli/audit/row-order";
import {
  type ChainedRow,
  type Checkpoint,
  composeSignedCheckpoint,
  composeSignedEnd,
  type ExportEnd,
  type ExportHeader,
  hashRow,
} from "@/lib/audit-log/rules";
import { isSignedBy, keyIdOfPublicKey } from "@/lib/platform/crypto/sign";

/** What a file proves when it has no fault. */
export interface Proof {
  header: ExportHeader;
  rows: number;
  last: number;
  /** How many times rows of the chain are left out, which only a filter may do. */
  gaps: number;
  checkpoint: Checkpoint | undefined;
  end: ExportEnd;
}

export type Verdict = { ok: true; proof: Proof } | { ok: false; fault: Fault };

interface Reading {
  header: ExportHeader;
  keys: ReadonlyMap<string, string>;
  place: Place;
  checkpoint: Checkpoint | undefined;
  end: ExportEnd | undefined;
}

/**
 * Checks an export of the audit log and names its first fault. `publicKeys` are the keys of the portal as the person knows
 * them; without them those count which the file itself names. Reads the file once, and keeps only the numbers of its rows.
 */
export async function verifyExport(lines: AsyncIterable<Line>, publicKeys: readonly string[]): Promise<Verdict> {
  let reading: Reading | undefined;
  let number = 0;
  for await (const line of lines) {
    ({ number } = line);
    const parsed = parseLine(line.text);
    if (!reading) {
      const begun = begin(parsed, publicKeys);
      if (!begun) return fail({ kind: "changed", line: number });
      reading = begun;
      continue;
    }
    // One row is missing at its place: the rest of the file tells whether it stands elsewhere.
    if (reading.place.pending) {
      if (parsed?.type === "row") reading.place.seenLater.add(parsed.row.sequence);
      continue;
    }
    const fault = line.ended ? checkLine(reading, parsed, line) : { kind: "cut-off" as const, line: number };
    if (fault) return fail(fault);
  }
  if (!reading) return fail({ kind: "cut-off", line: number + 1 });
  const settled = settleFault(reading.place);
  if (settled) return fail(settled);
  const { header, place, checkpoint, end } = reading;
  if (!end) return fail({ kind: "cut-off", line: number + 1 });
  return { ok: true, proof: { header, checkpoint, end, rows: place.rows, last: place.last, gaps: place.gaps } };
}

const fail = (fault: Fault): Verdict => ({ ok: false, fault });

function begin(parsed: ParsedLine | undefined, publicKeys: readonly string[]): Reading | undefined {
  if (parsed?.type !== "header" || !isKnownFormat(parsed.header)) return undefined;
  const { header } = parsed;
  if (header.keys.some(({ keyId, publicKey }) => keyIdOfPublicKey(publicKey) !== keyId)) return undefined;
  const known = publicKeys.length > 0 ? publicKeys : header.keys.map(({ publicKey }) => publicKey);
  const keys = new Map(known.map((publicKey) => [keyIdOfPublicKey(publicKey), publicKey]));
  return { header, keys, place: startPlace(header.filtered), checkpoint: undefined, end: undefined };
}

function checkLine(reading: Reading, parsed: ParsedLine | undefined, line: Line): Fault | undefined {
  const changed = { kind: "changed" as const, line: line.number };
  if (reading.end || !parsed || parsed.type === "header") return { ...changed, ...nameNext(reading) };
  switch (parsed.type) {
    case "row":
      return checkRow(reading, parsed.row, parsed.after, line.number);
    case "checkpoint":
      return checkCheckpoint(reading, parsed.checkpoint, line.number);
    case "end":
      return checkEnd(reading, parsed.end, line);
  }
}

/** A line that cannot be read stands where the next row of the whole log would be. */
const nameNext = ({ header, place, end }: Reading): { sequence?: number } =>
  header.filtered || end ? {} : { sequence: place.last + 1 };

function checkRow({ place }: Reading, row: ChainedRow, after: number, line: number): Fault | undefined {
  if (hashRow(row) !== row.hash) return { kind: "changed", line, sequence: row.sequence };
  return findOrderFault(place, row, after, line);
}

function checkCheckpoint(reading: Reading, checkpoint: Checkpoint, line: number): Fault | undefined {
  const { place, keys } = reading;
  const { sequence, hash, keyId, signature } = checkpoint;
  if (sequence > place.last) {
    place.pending = { line, missing: place.filtered ? sequence : place.last + 1, early: undefined };
    return undefined;
  }
  if (sequence === reading.checkpoint?.sequence) return { kind: "doubled", line, sequence };
  if (sequence < place.last) return { kind: "reordered", line, sequence };
  if (hash !== place.lastHash) return { kind: "changed", line, sequence };
  if (!isSignedBy(keys.get(keyId) ?? "", composeSignedCheckpoint(checkpoint), signature))
    return { kind: "signature", line, sequence };
  reading.checkpoint = checkpoint;
  return undefined;
}

function checkEnd(reading: Reading, end: ExportEnd, line: Line): Fault | undefined {
  const { place, keys } = reading;
  if (!isSignedBy(keys.get(end.keyId) ?? "", composeSignedEnd(end), end.signature))
    return { kind: "signature", line: line.number };
  if (end.rows > place.rows)
    return { kind: "dropped", line: line.number, ...(place.filtered ? {} : { sequence: place.last + 1 }) };
  if (end.rows < place.rows || end.sha256 !== line.digestBefore()) return { kind: "not-signed", line: line.number };
  reading.end = end;
  return undefined;
}
