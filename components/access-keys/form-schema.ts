import { z } from "zod";
import {
  ACCESS_LEVELS,
  deactivateInputSchema,
  disableInputSchema,
  expirationSchema,
  keyNameSchema,
  overlapSchema,
  regenerateInputSchema,
  setExpirationInputSchema,
} from "@/lib/access-keys/schema";
import { readSearch } from "@/lib/support/rules";
import { SEARCH_KINDS } from "@/lib/support/schema";

/**
 * What a person typed into a date field of the browser: a date and time of the person's time zone without its offset.
 * Empty for none.
 */
const typedExpirationSchema = z
  .string()
  .transform((typed) => {
    if (typed === "") return undefined;
    const date = new Date(typed);
    return Number.isNaN(date.getTime()) ? typed : date.toISOString();
  })
  .pipe(expirationSchema.optional());

/** What a person chose for the old keys: an empty text replaces them now. */
const typedOverlapSchema = z
  .string()
  .transform((typed) => (typed === "" ? undefined : Number(typed)))
  .pipe(overlapSchema.optional());

/** What a person may type before access is enabled. */
export const enableFormSchema = z.strictObject({ expirationDate: typedExpirationSchema });

/** What a person types before a named key is added. */
export const addFormSchema = enableFormSchema.extend({ name: keyNameSchema, access: z.enum(ACCESS_LEVELS) });

/** The part of the input that a person types before a regeneration. */
export const regenerateFormSchema = regenerateInputSchema
  .pick({ confirm: true })
  .extend({ expirationDate: typedExpirationSchema, overlapSeconds: typedOverlapSchema });

/** The date of a key, or the choice that it never expires. */
export const expirationFormSchema = z
  .strictObject({ never: z.boolean(), expirationDate: typedExpirationSchema })
  .refine(({ never, expirationDate }) => never || expirationDate !== undefined, {
    path: ["expirationDate"],
    error: "Choose a date, or Never",
  })
  .transform(({ never, expirationDate }) => ({ expirationDate: never ? null : (expirationDate ?? "") }))
  .pipe(setExpirationInputSchema.pick({ expirationDate: true }));

/** For how long an old key is kept. */
export const keepLongerFormSchema = z
  .strictObject({ overlapSeconds: z.string().transform(Number) })
  .pipe(z.strictObject({ overlapSeconds: overlapSchema }));

/** What a person who has to say why types before a key is switched off. */
export const deactivateFormSchema = deactivateInputSchema.pick({ reason: true }).required({ reason: true });

/** The part of the input that a person types before access is disabled. */
export const disableFormSchema = disableInputSchema.pick({ confirm: true, reason: true });

/** The same for a person who has to say why. */
export const disableWithReasonFormSchema = disableFormSchema.required({ reason: true });

/** 40 characters of the base64 alphabet with a lower case letter among them. No access key looks like this. */
const SECRET_SHAPE = /^(?=.*[a-z])[A-Za-z0-9/+]{40}$/;

/** What is searched for stands in an address, and addresses are kept in logs: a pasted secret key is refused. */
export const searchTextSchema = z
  .string()
  .trim()
  .max(128, "Use at most 128 characters")
  .refine(
    (text) => !SECRET_SHAPE.test(text),
    "This looks like a secret key, so it was not sent. Search for the access key instead, and treat this secret key as leaked.",
  );

/** The filter of the key table; an empty text asks for all. */
export const keyFilterFormSchema = z.strictObject({
  search: searchTextSchema,
  name: searchTextSchema,
  createdBy: searchTextSchema,
  region: z.string(),
  state: z.string(),
});

/** The search of support. An e-mail address in the place of an access key is searched for as one. */
export const searchFormSchema = z
  .strictObject({ by: z.enum(SEARCH_KINDS), text: z.string() })
  .transform(({ by, text }, context) => {
    const search = readSearch(by, text);
    if (search.ok) return { by: search.by, text: search.text };
    context.addIssue({ code: "custom", path: ["text"], message: search.message });
    return z.NEVER;
  });

export type EnableFormInput = z.input<typeof enableFormSchema>;
export type EnableForm = z.infer<typeof enableFormSchema>;
export type AddFormInput = z.input<typeof addFormSchema>;
export type AddForm = z.infer<typeof addFormSchema>;
export type RegenerateFormInput = z.input<typeof regenerateFormSchema>;
export type RegenerateForm = z.infer<typeof regenerateFormSchema>;
export type ExpirationFormInput = z.input<typeof expirationFormSchema>;
export type ExpirationForm = z.infer<typeof expirationFormSchema>;
export type KeepLongerFormInput = z.input<typeof keepLongerFormSchema>;
export type KeepLongerForm = z.infer<typeof keepLongerFormSchema>;
export type DeactivateForm = z.infer<typeof deactivateFormSchema>;
export type DisableForm = z.infer<typeof disableFormSchema>;
export type KeyFilterForm = z.infer<typeof keyFilterFormSchema>;
export type SearchForm = z.infer<typeof searchFormSchema>;
