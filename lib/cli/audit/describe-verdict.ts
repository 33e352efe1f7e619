import type { Fault } from "@/lib/cli/audit/row-order";
import type { Proof } from "@/lib/cli/audit/verify-export";

const KINDS: Record<Fault["kind"], (row: string) => string> = {
  changed: (row) => `${row} was changed`,
  dropped: (row) => `${row} was dropped`,
  reordered: (row) => `${row} is not at its place`,
  doubled: (row) => `${row} is there twice`,
  "cut-off": () => "The file is cut off: its end is missing",
  signature: (row) => `The signature at ${row} is not of a key that is known`,
  "not-signed": () =>
    "The rows fit each other, but the file is not the one that the portal signed: another line was changed or removed, or hashes were computed again",
};

/** The first fault of a file as a sentence. */
export function describeFault({ kind, line, sequence }: Fault): string {
  const row = sequence === undefined ? `Line ${line}` : `Row ${sequence}`;
  const text = KINDS[kind](kind === "signature" ? row.toLowerCase() : row);
  return `${text} (line ${line} of the file).`;
}

/** What a file without a fault proves, as sentences. `pinned`: the person gave the public keys. */
export function describeProof({ header, rows, last, gaps, checkpoint, end }: Proof, pinned: boolean): string[] {
  const place = header.project === null ? "the audit log" : `the activity of the project ${header.project}`;
  return [
    header.filtered
      ? `${rows} rows of ${place}, the last one is row ${last} of the chain. Every row is unchanged and in its place.`
      : `${rows} rows, the whole of ${place} up to row ${last}. Every row is unchanged and in its place.`,
    ...(header.filtered
      ? [`Filtered: at ${gaps} places rows of the chain are left out. Nothing is proved of those.`]
      : []),
    ...(checkpoint ? [`The chain is signed up to row ${checkpoint.sequence}, at ${checkpoint.at}.`] : []),
    `The file is signed by the key ${end.keyId}, at ${header.exportedAt}.`,
    ...(pinned ? [] : ["Only the file says that this key is the portal's. Add --public-key to be sure."]),
  ];
}
