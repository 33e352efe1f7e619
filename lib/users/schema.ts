import { z } from "zod";
import { plainText } from "@/lib/platform/text/plain-text";

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 200;

export const emailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email("This is not an e-mail address"));

export const nameSchema = z
  .string()
  .trim()
  .pipe(plainText.min(1, "Give a name").max(100, "Use at most 100 characters"));

export const newPasswordSchema = plainText
  .min(PASSWORD_MIN, `Use at least ${PASSWORD_MIN} characters`)
  .max(PASSWORD_MAX, `Use at most ${PASSWORD_MAX} characters`);

export const changePasswordInputSchema = z.strictObject({
  current: z.string().min(1, "Type your present password").max(1_000),
  next: newPasswordSchema,
});

export const changePasswordOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), field: z.enum(["current", "next"]), message: z.string() }),
]);

export type ChangePasswordOutput = z.infer<typeof changePasswordOutputSchema>;
