"use client";

import type { AddUserForm, AddUserFormInput } from "@/components/managed-users/form-schema";
import { PLATFORM_ROLES_HINT, PlatformRoleOptions } from "@/components/managed-users/role-options";
import { SetUpLinkDialog } from "@/components/managed-users/link/set-up-link-dialog";
import { useSetUpLink } from "@/components/managed-users/link/use-set-up-link";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input, Select } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";
import { addManagedUser } from "@/lib/managed-users/actions";

/** Adds a user in one dialog: the form, and then the reveal of the set-up link. */
export function AddUserDialog({ onClose }: { onClose: () => void }) {
  const { stage, start, discardLink } = useSetUpLink(addManagedUser);
  const form = useZodForm<AddUserFormInput, AddUserForm>(
    async () => (await import("@/components/managed-users/form-schema")).addUserFormSchema,
    { defaultValues: { name: "", email: "", platformRole: "none" } },
  );
  const { errors } = form.formState;
  const isWorking = stage.at === "working";

  async function submit(typed: AddUserForm) {
    const message = await start(typed);
    if (message) form.setError("root", { message });
  }

  return (
    <SetUpLinkDialog title="Add user" stage={stage} onLeave={discardLink} onClose={onClose}>
      <form noValidate className="grid gap-4" onSubmit={form.submit(submit)}>
        <DialogDescription>
          You get a link for the person, who opens it and chooses a password. Until then nobody can sign in.
        </DialogDescription>
        <Field label="Name" error={errors.name?.message}>
          {(control) => <Input {...control} {...form.register("name")} autoComplete="off" dir="auto" required />}
        </Field>
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
        <Field label="Role" hint={PLATFORM_ROLES_HINT} error={errors.platformRole?.message}>
          {(control) => (
            <Select {...control} {...form.register("platformRole")}>
              <PlatformRoleOptions />
            </Select>
          )}
        </Field>
        <FormError message={errors.root?.message} />
        <DialogButtons>
          <Button onClick={onClose} disabled={isWorking}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={isWorking}>
            Add user
          </Button>
        </DialogButtons>
      </form>
    </SetUpLinkDialog>
  );
}
