import {
  type ChainedRow,
  type Checkpoint,
  composeCheckpointLine,
  composeEndLine,
  composeHeaderLine,
  composeRowLine,
  EXPORT_FORMAT,
  type ExportEnd,
  type ExportHeader,
} from "@/lib/audit-log/rules";

export type ParsedLine =
  | { type: "header"; header: ExportHeader }
  | { type: "row"; row: ChainedRow; after: number }
  | { type: "checkpoint"; checkpoint: Checkpoint }
  | { type: "end"; end: ExportEnd };

/**
 * A line of an export. Undefined when it is not exactly what the portal writes: the line is written again from its
 * values, so that a space, an unknown field or another order of the fields counts too.
 */
export function parseLine(text: string | undefined): ParsedLine | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as { type: unknown };
    const parsed = readAs(value.type, value);
    return parsed && writeAgain(parsed) === text ? parsed : undefined;
  } catch {
    // No JSON, or a field of another kind.
    return undefined;
  }
}

function readAs(type: unknown, value: object): ParsedLine | undefined {
  switch (type) {
    case "header":
      return { type, header: value as ExportHeader };
    case "row":
      return isRow(value) ? { type, row: value, after: value.after } : undefined;
    case "checkpoint":
      return isCounted(value, "sequence") ? { type, checkpoint: value as unknown as Checkpoint } : undefined;
    case "end":
      return isCounted(value, "rows") ? { type, end: value as unknown as ExportEnd } : undefined;
    default:
      return undefined;
  }
}

function isRow(value: object): value is ChainedRow & { after: number } {
  return isCounted(value, "sequence") && isCounted(value, "after") && "row" in value && typeof value.row === "object";
}

const isCounted = (value: object, field: string): boolean =>
  Number.isSafeInteger((value as Record<string, unknown>)[field]);

function writeAgain(line: ParsedLine): string {
  switch (line.type) {
    case "header":
      return composeHeaderLine(line.header);
    case "row":
      return composeRowLine(line.row, line.after);
    case "checkpoint":
      return composeCheckpointLine(line.checkpoint);
    case "end":
      return composeEndLine(line.end);
  }
}

/** Whether this program knows the form of the export. */
export const isKnownFormat = ({ format }: ExportHeader): boolean => format === EXPORT_FORMAT;
