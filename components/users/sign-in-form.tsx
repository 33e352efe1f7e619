"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";
import { usePlainForm } from "@/components/ui/use-plain-form";
import { requestSession } from "@/components/users/request-session";
import type { SignInForm as SignInValues } from "@/lib/users/schema";

const RATE_LIMITED = /^TRY_AGAIN_IN:(\d+)$/;

/** The sentence for an error code of next-auth or of the gate. */
function describeError(code: string): string {
  if (code === "CredentialsSignin") return "Email or password is wrong";
  if (code === "unreachable" || code === "UNAVAILABLE")
    return "The portal does not answer, or its database does not. Try again in a moment.";
  const seconds = Number(RATE_LIMITED.exec(code)?.[1] ?? 0);
  if (!seconds) return "Signing in did not work. Try again.";
  const wait = seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  return `Too many attempts. Try again in ${wait}.`;
}

export function SignInForm() {
  const [isSignedIn, setSignedIn] = useState(false);
  const { register, submit, errors, isSubmitting } = usePlainForm<SignInValues>(
    async () => (await import("@/lib/users/schema")).signInFormSchema,
  );

  async function signIn({ email, password }: SignInValues) {
    const code = await requestSession(email, password);
    if (code) return describeError(code);
    setSignedIn(true);
    // A full load, so that nothing of the page before the sign-in is kept.
    window.location.assign(new URL("/", window.location.href));
    return undefined;
  }

  return (
    <form method="post" noValidate className="grid gap-4" onSubmit={submit(signIn)}>
      <FormError message={errors.root} />
      <Field label="Email" error={errors.email}>
        {(control) => <Input {...control} {...register("email")} type="email" autoComplete="username" autoFocus />}
      </Field>
      <Field label="Password" error={errors.password}>
        {(control) => <Input {...control} {...register("password")} type="password" autoComplete="current-password" />}
      </Field>
      <Button type="submit" look="primary" busy={isSubmitting || isSignedIn}>
        Sign in
      </Button>
    </form>
  );
}
