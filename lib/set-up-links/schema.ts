import { z } from "zod";
import { isTypedAlike, newPasswordSchema, TYPED_ALIKE } from "@/lib/users/schema";

const SECRET_MAX = 200;

/** The secret part of the link: what stands behind the # of its address. */
const secretSchema = z.string().max(SECRET_MAX);

export const checkLinkInputSchema = z.strictObject({ secret: secretSchema });
export const setUpInputSchema = z.strictObject({ secret: secretSchema, next: newPasswordSchema });

/** The form: the password is typed twice. */
export const setUpFormSchema = z
  .strictObject({ next: newPasswordSchema, again: z.string() })
  .refine(isTypedAlike, TYPED_ALIKE);

/** Why a link does not work; the sentences stand in `rules.ts`. */
export const LINK_REFUSALS = ["unknown", "used", "late", "replaced", "disabled"] as const;
export type LinkRefusal = (typeof LINK_REFUSALS)[number];

const linkRefusedSchema = z.strictObject({
  ok: z.literal(false),
  reason: z.enum(LINK_REFUSALS),
  message: z.string(),
});

export const checkLinkOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), email: z.string(), name: z.string() }),
  linkRefusedSchema,
]);

export const setUpOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), email: z.string() }),
  linkRefusedSchema,
  z.strictObject({ ok: z.literal(false), reason: z.literal("weak"), message: z.string() }),
]);

export type CheckLinkOutput = z.infer<typeof checkLinkOutputSchema>;
export type SetUpOutput = z.infer<typeof setUpOutputSchema>;
export type SetUpForm = z.infer<typeof setUpFormSchema>;
