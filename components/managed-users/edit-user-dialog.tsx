"use client";

import { useWatch } from "react-hook-form";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { type EditUserForm, type EditUserFormInput } from "@/components/managed-users/form-schema";
import { PLATFORM_ROLES_HINT, PlatformRoleOptions } from "@/components/managed-users/role-options";
import type { UserDialogProps } from "@/components/managed-users/user-dialog";
import { useUserChange } from "@/components/managed-users/use-user-change";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input, Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { useZodForm } from "@/components/ui/use-zod-form";
import { PLATFORM_ROLES, type PlatformRole } from "@/lib/gate/permissions";
import { editUser } from "@/lib/managed-users/actions";

const roleOf = (role: string | null): PlatformRole | null => PLATFORM_ROLES.find((known) => known === role) ?? null;

/** Changes the name and the role of a user. */
export function EditUserDialog({ user, own, onClose }: UserDialogProps) {
  const { email, name } = user;
  const former = roleOf(user.platformRole);
  const form = useZodForm<EditUserFormInput, EditUserForm>(
    async () => (await import("@/components/managed-users/form-schema")).editUserFormSchema,
    { defaultValues: { name, platformRole: former ?? "none" } },
  );
  const { errors } = form.formState;
  const chosen = useWatch({ control: form.control, name: "platformRole" });
  const { send, isPending, refusal } = useUserChange(
    (typed: EditUserForm) => editUser({ ...typed, email, former }),
    onClose,
    ({ platformRole }) => (own && platformRole !== "platform-admin" ? "/" : undefined),
  );
  return (
    <ChangeDialog title="Edit user" step="form" locked={isPending} onClose={onClose}>
      <form noValidate className="grid gap-4" onSubmit={form.submit((typed) => send(typed))}>
        <DialogDescription>
          The user <span className="[overflow-wrap:anywhere]">{email}</span>. A role counts from the next request on.
        </DialogDescription>
        <Field label="Name" error={errors.name?.message}>
          {(control) => <Input {...control} {...form.register("name")} autoComplete="off" dir="auto" required />}
        </Field>
        <Field label="Role" hint={PLATFORM_ROLES_HINT} error={errors.platformRole?.message}>
          {(control) => (
            <Select {...control} {...form.register("platformRole")}>
              <PlatformRoleOptions />
            </Select>
          )}
        </Field>
        {own && chosen !== "platform-admin" ? (
          <Notice look="warn">
            This is you. You will not see the administration any more, and only another platform admin can give the role
            back.
          </Notice>
        ) : null}
        <FormError message={refusal ?? errors.root?.message} />
        <DialogButtons>
          <Button onClick={onClose} disabled={isPending}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={isPending}>
            Save
          </Button>
        </DialogButtons>
      </form>
    </ChangeDialog>
  );
}
