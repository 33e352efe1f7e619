"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";

const schema = z.object({
  email: z.email("Type your email address, like name@example.org"),
  password: z.string().min(1, "Type your password"),
});

const HELD_BACK = /^TRY_AGAIN_IN:(\d+)$/;

/** The sentence for the error code that signing in came back with. */
function describeError(code: string): string {
  if (code === "CredentialsSignin") return "Email or password is wrong";
  const seconds = Number(HELD_BACK.exec(code)?.[1] ?? 0);
  if (!seconds) return "Signing in did not work. Try again.";
  const wait = seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  return `Too many attempts. Try again in ${wait}.`;
}

export function SignInForm() {
  const [error, setError] = useState("");
  const form = useForm({ resolver: zodResolver(schema), defaultValues: { email: "", password: "" } });
  const [leaving, setLeaving] = useState(false);
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ email, password }) => {
    setError("");
    const code = await requestSession(email, password);
    if (code) {
      setError(describeError(code));
      return;
    }
    setLeaving(true);
    // A full load: the next page starts from the new session and from nothing else.
    window.location.assign(new URL("/", window.location.href));
  });

  return (
    <form method="post" noValidate className="grid gap-4" onSubmit={(event) => void submit(event)}>
      {error ? (
        <Notice look="danger" role="alert">
          {error}
        </Notice>
      ) : null}
      <Field label="Email" error={errors.email?.message}>
        {(control) => <Input {...control} {...form.register("email")} type="email" autoComplete="username" autoFocus />}
      </Field>
      <Field label="Password" error={errors.password?.message}>
        {(control) => (
          <Input {...control} {...form.register("password")} type="password" autoComplete="current-password" />
        )}
      </Field>
      <Button type="submit" look="primary" busy={isSubmitting || leaving}>
        Sign in
      </Button>
    </form>
  );
}

/** Asks for a session; the error code when there is none. */
async function requestSession(email: string, password: string): Promise<string | undefined> {
  try {
    const { signIn } = await import("next-auth/react");
    const answer = await signIn("credentials", { redirect: false, email, password });
    return answer?.ok && !answer.error ? undefined : (answer?.error ?? "unknown");
  } catch {
    return "unreachable";
  }
}
