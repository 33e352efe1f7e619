"use client";

import { ChangeDialog } from "@/components/access-keys/change-dialog";
import type { RenameProjectForm, RenameProjectFormInput } from "@/components/projects/form-schema";
import { useProjectChange } from "@/components/projects/use-project-change";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";
import { renameExistingProject } from "@/lib/projects/actions";

interface RenameProjectDialogProps {
  project: string;
  /** The name until now. */
  name: string;
  onClose: () => void;
}

/** Gives a project another name. */
export function RenameProjectDialog({ project, name, onClose }: RenameProjectDialogProps) {
  const form = useZodForm<RenameProjectFormInput, RenameProjectForm>(
    async () => (await import("@/components/projects/form-schema")).renameProjectFormSchema,
    { defaultValues: { name } },
  );
  const { errors } = form.formState;
  const { send, isPending, refusal } = useProjectChange(
    (typed: RenameProjectForm) => renameExistingProject({ ...typed, project }),
    onClose,
  );
  return (
    <ChangeDialog title="Rename" step="form" locked={isPending} onClose={onClose}>
      <form noValidate className="grid gap-4" onSubmit={form.submit((typed) => send(typed))}>
        <DialogDescription>
          The slug <span className="font-mono">{project}</span> stays, so that addresses and commands work on.
        </DialogDescription>
        <Field label="Name" error={errors.name?.message}>
          {(control) => <Input {...control} {...form.register("name")} autoComplete="off" dir="auto" required />}
        </Field>
        <FormError message={refusal ?? errors.root?.message} />
        <DialogButtons>
          <Button onClick={onClose} disabled={isPending}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={isPending}>
            Rename
          </Button>
        </DialogButtons>
      </form>
    </ChangeDialog>
  );
}
