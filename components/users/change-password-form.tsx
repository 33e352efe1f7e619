"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { useCallAction } from "@/components/ui/use-call-action";
import { useMutation } from "@/components/ui/use-mutation";
import { useZodForm } from "@/components/ui/use-zod-form";
import { changePassword } from "@/lib/users/actions";
import type { ChangePasswordForm as ChangePasswordValues } from "@/lib/users/schema";

const LOST = "The portal did not answer, so it is not known whether the password was changed. Try again.";
const EMPTY = { current: "", next: "", again: "" };

/** `minLength` is the least number of characters of a new password. */
export function ChangePasswordForm({ minLength }: { minLength: number }) {
  const callAction = useCallAction();
  const [isChanged, setChanged] = useState(false);
  const form = useZodForm<ChangePasswordValues, ChangePasswordValues>(
    async () => (await import("@/lib/users/schema")).changePasswordFormSchema,
  );
  const { errors } = form.formState;
  const change = useMutation({
    mutationFn: ({ current, next }: ChangePasswordValues) => callAction(() => changePassword({ current, next })),
    gcTime: 0,
  });

  async function submit(values: ChangePasswordValues) {
    setChanged(false);
    const reply = await change.mutateAsync(values);
    // A finished mutation keeps its input, which is two passwords here, until it is reset and collected.
    change.reset();
    if (reply.kind !== "data") {
      form.setError("root", { message: reply.kind === "lost" ? LOST : reply.message });
    } else if (!reply.data.ok) {
      form.setError(reply.data.field, { message: reply.data.message }, { shouldFocus: true });
    } else {
      form.reset(EMPTY);
      setChanged(true);
    }
  }

  return (
    <form method="post" noValidate className="grid max-w-sm gap-4" onSubmit={form.submit(submit)}>
      <FormError message={errors.root?.message} />
      <div role="status" className="empty:absolute">
        {isChanged ? <Notice look="good">Password changed</Notice> : null}
      </div>
      <Field label="Current password" error={errors.current?.message}>
        {(control) => (
          <Input {...control} {...form.register("current")} type="password" autoComplete="current-password" />
        )}
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
      <div>
        <Button type="submit" look="primary" busy={change.isPending}>
          Change password
        </Button>
      </div>
    </form>
  );
}
