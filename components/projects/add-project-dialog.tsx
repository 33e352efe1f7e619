"use client";

import { ChangeDialog } from "@/components/access-keys/change-dialog";
import type { AddProjectForm, AddProjectFormInput } from "@/components/projects/form-schema";
import { useProjectChange } from "@/components/projects/use-project-change";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";
import { createNewProject } from "@/lib/projects/actions";
import { proposeSlug } from "@/lib/projects/rules";

const SLUG_HINT =
  "The project in addresses and commands. It cannot be changed later: 2 to 40 lower case letters, digits and hyphens.";

/** Makes a project. The slug follows the name until the person types another one. */
export function AddProjectDialog({ onClose }: { onClose: () => void }) {
  const form = useZodForm<AddProjectFormInput, AddProjectForm>(
    async () => (await import("@/components/projects/form-schema")).addProjectFormSchema,
    { defaultValues: { name: "", slug: "" } },
  );
  const { errors } = form.formState;
  const { send, isPending, refusal } = useProjectChange((typed: AddProjectForm) => createNewProject(typed), onClose);
  const propose = (name: string) => {
    if (form.getFieldState("slug").isDirty) return;
    form.resetField("slug", { defaultValue: proposeSlug(name) });
  };
  return (
    <ChangeDialog title="Add project" step="form" locked={isPending} onClose={onClose}>
      <form noValidate className="grid gap-4" onSubmit={form.submit((typed) => send(typed))}>
        <DialogDescription>
          A project owns keys and buckets. It begins without members: add them on its page.
        </DialogDescription>
        <Field label="Name" error={errors.name?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register("name", {
                onChange: (event: { target: { value: string } }) => propose(event.target.value),
              })}
              autoComplete="off"
              dir="auto"
              required
            />
          )}
        </Field>
        <Field label="Slug" hint={SLUG_HINT} error={errors.slug?.message}>
          {(control) => (
            <Input {...control} {...form.register("slug")} autoComplete="off" spellCheck={false} required />
          )}
        </Field>
        <FormError message={refusal ?? errors.root?.message} />
        <DialogButtons>
          <Button onClick={onClose} disabled={isPending}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={isPending}>
            Add project
          </Button>
        </DialogButtons>
      </form>
    </ChangeDialog>
  );
}
