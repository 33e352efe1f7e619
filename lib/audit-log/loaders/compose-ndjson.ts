import "server-only";
import { createHash } from "node:crypto";
import { listSigningKeys, readSigningKey } from "@/lib/audit-log/data";
import { readRows } from "@/lib/audit-log/loaders/read-rows";
import type { AuditBounds } from "@/lib/audit-log/loaders/filter";
import {
  composeCheckpointLine,
  composeEndLine,
  composeHeaderLine,
  composeRowLine,
  composeSignedEnd,
  EXPORT_FORMAT,
} from "@/lib/audit-log/rules";
import type { AuditFilter } from "@/lib/audit-log/schema";

/**
 * An export in NDJSON, some rows at a time: a header, the rows with their hashes, the checkpoints behind their rows, and
 * an end with a signature of everything before. `latchkey audit verify` checks it. A file without its end is cut off.
 */
export async function* composeNdjson(bounds: AuditBounds, filter: AuditFilter): AsyncGenerator<string, void, void> {
  const key = await readSigningKey();
  const digest = createHash("sha256");
  const add = (lines: string[]): string => {
    const text = lines.map((line) => `${line}\n`).join("");
    digest.update(text);
    return text;
  };
  const filters = { ...filter, ...(bounds.actorId === null ? {} : { actorId: bounds.actorId }) };
  yield add([
    composeHeaderLine({
      format: EXPORT_FORMAT,
      exportedAt: new Date().toISOString(),
      project: bounds.project?.slug ?? null,
      filtered: bounds.project !== null || Object.keys(filters).length > 0,
      filters,
      keys: await listSigningKeys(),
    }),
  ]);
  let rows = 0;
  let after = 0;
  for await (const part of readRows(bounds, filter)) {
    const lines = part.flatMap(({ chained, checkpoint }) => {
      const line = composeRowLine(chained, after);
      after = chained.sequence;
      return checkpoint ? [line, composeCheckpointLine(checkpoint)] : [line];
    });
    rows += part.length;
    yield add(lines);
  }
  const end = { rows, sha256: digest.digest("hex"), keyId: key.keyId };
  yield `${composeEndLine({ ...end, signature: key.sign(composeSignedEnd(end)) })}\n`;
}
