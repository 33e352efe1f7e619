"use client";

import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { ask } from "@/components/ui/reply";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { changePassword } from "@/lib/users/actions";
import { newPasswordSchema, PASSWORD_MIN } from "@/lib/users/schema";

const schema = z
  .object({
    current: z.string().min(1, "Type your current password"),
    next: newPasswordSchema,
    again: z.string(),
  })
  .refine(({ next, again }) => next === again, { path: ["again"], error: "This is not the same as the new password" });

const EMPTY = { current: "", next: "", again: "" };

export function ChangePasswordForm() {
  const [outcome, setOutcome] = useState<{ ok: boolean; message: string }>();
  const form = useForm({ resolver: zodResolver(schema), defaultValues: EMPTY });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async ({ current, next }) => {
    setOutcome(undefined);
    const reply = await ask(() => changePassword({ current, next }));
    if (reply.kind === "lost") {
      setOutcome({
        ok: false,
        message: "The portal did not answer, so it is not known whether the password was changed. Try again.",
      });
    } else if (reply.kind === "refused") {
      setOutcome({ ok: false, message: reply.message });
    } else if (!reply.data.ok) {
      form.setError(reply.data.field, { message: reply.data.message }, { shouldFocus: true });
    } else {
      form.reset(EMPTY);
      setOutcome({ ok: true, message: "Password changed" });
    }
  });

  return (
    <form method="post" noValidate className="grid max-w-sm gap-4" onSubmit={(event) => void submit(event)}>
      {outcome ? (
        <Notice look={outcome.ok ? "good" : "danger"} role={outcome.ok ? "status" : "alert"}>
          {outcome.message}
        </Notice>
      ) : null}
      <Field label="Current password" error={errors.current?.message}>
        {(control) => (
          <Input {...control} {...form.register("current")} type="password" autoComplete="current-password" />
        )}
      </Field>
      <Field
        label="New password"
        hint={`At least ${PASSWORD_MIN} characters; a few words in a row are good.`}
        error={errors.next?.message}
      >
        {(control) => <Input {...control} {...form.register("next")} type="password" autoComplete="new-password" />}
      </Field>
      <Field label="New password again" error={errors.again?.message}>
        {(control) => <Input {...control} {...form.register("again")} type="password" autoComplete="new-password" />}
      </Field>
      <div>
        <Button type="submit" look="primary" busy={isSubmitting}>
          Change password
        </Button>
      </div>
    </form>
  );
}
