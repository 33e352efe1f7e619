import { z } from "zod";
import { isVisibleText, plainText } from "@/lib/platform/text/plain-text";

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 200;

export const emailSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email("This is not an e-mail address like name@example.org"));

export const nameSchema = z
  .string()
  .trim()
  .pipe(plainText.min(1, "Give a name").max(100, "Use at most 100 characters"))
  .refine(isVisibleText, "Give a name that can be seen");

export const newPasswordSchema = plainText
  .min(PASSWORD_MIN, `Use at least ${PASSWORD_MIN} characters`)
  .max(PASSWORD_MAX, `Use at most ${PASSWORD_MAX} characters`);

/** What the sign-in form asks for. Whether the password is right is decided by the gate. */
export const signInFormSchema = z.strictObject({
  email: emailSchema,
  password: z.string().min(1, "Type your password").max(1_000, "Use at most 1,000 characters"),
});

export const changePasswordInputSchema = z.strictObject({
  current: z.string().min(1, "Type your current password").max(1_000),
  next: newPasswordSchema,
});

/** Whether the new password was typed twice alike. */
export const isTypedAlike = ({ next, again }: { next: string; again: string }): boolean => next === again;
export const TYPED_ALIKE = { path: ["again"], error: "This is not the same as the new password" };

/** The form of it: the new password is typed twice. */
export const changePasswordFormSchema = changePasswordInputSchema
  .extend({ again: z.string() })
  .refine(isTypedAlike, TYPED_ALIKE);

export const changePasswordOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), field: z.enum(["current", "next"]), message: z.string() }),
]);

export type ChangePasswordOutput = z.infer<typeof changePasswordOutputSchema>;
export type SignInForm = z.infer<typeof signInFormSchema>;
export type ChangePasswordForm = z.infer<typeof changePasswordFormSchema>;

/** A line of the table of users. Times are in ISO 8601. */
export interface UserRow {
  id: string;
  email: string;
  name: string;
  platformRole: string | null;
  createdAt: string;
  disabledAt: string | null;
  /** Whether the person has no password, and waits for a set-up link to be used. */
  waitsForSetUp: boolean;
  projectCount: number;
  /** The projects, where they are few. */
  projects: { slug: string; role: string }[];
}
