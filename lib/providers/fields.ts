import type { z } from "zod";

export type FieldKind = "url" | "text" | "number" | "boolean" | "secret";

/** A setting or a credential of a storage system, as a form, the command line and the documentation show it. */
export interface ProviderField {
  name: string;
  label: string;
  /** Sentences that explain it. */
  help: string;
  /** `secret` is a credential that is never shown again. */
  kind: FieldKind;
  required: boolean;
  /** What counts where it is left out; null where nothing does. */
  default: string | null;
  /** Whether who has this address could get at the secret credentials: they are sent there, or requests that they sign. */
  receivesSecret: boolean;
}

/** The explanation of a field, for `meta` at the end of its schema. */
export interface FieldText {
  title: string;
  description: string;
  kind: FieldKind;
  receivesSecret?: true;
}

/** The fields of an object that have an explanation, in their order. Those without one are found out by the check. */
export function readFields(schema: z.ZodObject): ProviderField[] {
  return Object.entries(schema.shape).flatMap(([name, field]): ProviderField[] => {
    const { meta, safeParse } = field as z.ZodType;
    const text = meta() as Partial<FieldText> | undefined;
    if (text?.title === undefined) return [];
    const absent = safeParse(undefined);
    const preset = absent.success && absent.data !== undefined ? String(absent.data) : null;
    return [
      {
        name,
        label: text.title,
        help: text.description ?? "",
        kind: text.kind ?? "text",
        required: !absent.success,
        default: preset,
        receivesSecret: text.receivesSecret ?? false,
      },
    ];
  });
}
