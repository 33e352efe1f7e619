"use client";

import { ChangeDialog } from "@/components/access-keys/change-dialog";
import type { AddMemberForm, AddMemberFormInput } from "@/components/members/form-schema";
import { RoleOptions, ROLES_HINT } from "@/components/members/role-options";
import { useMemberChange } from "@/components/members/use-member-change";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input, Select } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";
import { addMember } from "@/lib/members/actions";

/** Adds a person by e-mail address. */
export function AddMemberDialog({ project, onClose }: { project: string; onClose: () => void }) {
  const form = useZodForm<AddMemberFormInput, AddMemberForm>(
    async () => (await import("@/components/members/form-schema")).addMemberFormSchema,
    { defaultValues: { email: "", role: "member+" } },
  );
  const { errors } = form.formState;
  const { send, isPending, refusal } = useMemberChange(
    (typed: AddMemberForm) => addMember({ ...typed, project }),
    onClose,
  );
  return (
    <ChangeDialog title="Add member" step="form" locked={isPending} onClose={onClose}>
      <form noValidate className="grid gap-4" onSubmit={form.submit((typed) => send(typed))}>
        <DialogDescription>The person needs an account in the portal. Platform admins make accounts.</DialogDescription>
        <Field label="Email" error={errors.email?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register("email")}
              type="email"
              autoComplete="off"
              spellCheck={false}
              required
            />
          )}
        </Field>
        <Field label="Role" hint={ROLES_HINT} error={errors.role?.message}>
          {(control) => (
            <Select {...control} {...form.register("role")}>
              <RoleOptions />
            </Select>
          )}
        </Field>
        <FormError message={refusal ?? errors.root?.message} />
        <DialogButtons>
          <Button onClick={onClose} disabled={isPending}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={isPending}>
            Add member
          </Button>
        </DialogButtons>
      </form>
    </ChangeDialog>
  );
}
