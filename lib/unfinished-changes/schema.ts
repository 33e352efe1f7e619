import { z } from "zod";
import { RETRY_REFUSALS, UNFINISHED_KINDS, UNFINISHED_STATES } from "@/lib/unfinished-changes/rules";

export const unfinishedLineSchema = z.strictObject({
  /** Of the operation, of the key that is being removed, or of the job. */
  id: z.uuid(),
  kind: z.enum(UNFINISHED_KINDS),
  state: z.enum(UNFINISHED_STATES),
  /** What is to be done, such as "Enable CLI Access". */
  what: z.string(),
  project: z.strictObject({ slug: z.string(), name: z.string() }),
  region: z.string(),
  accessKeyId: z.string().nullable(),
  /** Who asked for it; null for the program itself. */
  who: z.string().nullable(),
  since: z.iso.datetime(),
  /** How often the worker tried it again. */
  retries: z.int(),
  /** Why it is not finished. */
  cause: z.string(),
  /** What to do next. */
  next: z.string(),
  /** What a retry does; null where it would do nothing. */
  retry: z.string().nullable(),
});

/** A change of keys that is not finished. Times are ISO 8601. */
export type UnfinishedLine = z.infer<typeof unfinishedLineSchema>;

export const unfinishedPageSchema = z.strictObject({
  rows: z.array(unfinishedLineSchema),
  /** The cursor of the next page; null on the last. */
  next: z.string().nullable(),
});
export type UnfinishedPage = z.infer<typeof unfinishedPageSchema>;

export const unfinishedStateSchema = z.enum(UNFINISHED_STATES);

export const retryInputSchema = z.strictObject({ id: z.uuid() });

export const retryOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), outcome: z.enum(["done", "already-done"]), message: z.string() }),
  z.strictObject({ ok: z.literal(false), reason: z.enum(RETRY_REFUSALS), message: z.string() }),
]);
export type RetryOutput = z.infer<typeof retryOutputSchema>;
