"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { callAction } from "@/components/ui/call-action";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";
import { requestSession } from "@/components/users/request-session";
import { setUp } from "@/lib/set-up-links/actions";
import type { SetUpForm as SetUpValues } from "@/lib/set-up-links/schema";

const LOST =
  "The portal did not answer, so it is not known whether the password was set. Try again: a link that was used says so.";

interface SetUpFormProps {
  secret: string;
  email: string;
  name: string;
  minLength: number;
  /** The link does not work any more. */
  onEnd: (message: string) => void;
}

/** The person of a link chooses a password, and is signed in. */
export function SetUpForm({ secret, email, name, minLength, onEnd }: SetUpFormProps) {
  const [isDone, setDone] = useState(false);
  const form = useZodForm<SetUpValues, SetUpValues>(
    async () => (await import("@/lib/set-up-links/schema")).setUpFormSchema,
    { defaultValues: { next: "", again: "" } },
  );
  const { errors, isSubmitting } = form.formState;

  async function submit({ next }: SetUpValues) {
    const reply = await callAction(() => setUp({ secret, next }));
    if (reply.kind !== "data") form.setError("root", { message: reply.kind === "lost" ? LOST : reply.message });
    else if (reply.data.ok) await enter(reply.data.email, next);
    else if (reply.data.reason === "weak")
      form.setError("next", { message: reply.data.message }, { shouldFocus: true });
    else onEnd(reply.data.message);
  }

  async function enter(address: string, password: string) {
    setDone(true);
    const code = await requestSession(address, password);
    // A full load, so that nothing of this page is kept. Who could not be signed in does it by hand.
    window.location.assign(new URL(code === undefined ? "/" : "/login", window.location.href));
  }

  return (
    <form method="post" noValidate className="grid gap-4" onSubmit={form.submit(submit)}>
      <p className="text-muted">
        For <bdi className="font-medium break-words text-foreground">{name}</bdi>. You sign in with the email below and
        with the password that you choose here.
      </p>
      <FormError message={errors.root?.message} />
      <Field label="Email">
        {(control) => <Input {...control} value={email} type="email" autoComplete="username" readOnly />}
      </Field>
      <Field
        label="New password"
        hint={`At least ${minLength} characters. A few words in a row are good.`}
        error={errors.next?.message}
      >
        {(control) => <Input {...control} {...form.register("next")} type="password" autoComplete="new-password" />}
      </Field>
      <Field label="New password again" error={errors.again?.message}>
        {(control) => <Input {...control} {...form.register("again")} type="password" autoComplete="new-password" />}
      </Field>
      <Button type="submit" look="primary" busy={isSubmitting || isDone}>
        Set password
      </Button>
    </form>
  );
}
