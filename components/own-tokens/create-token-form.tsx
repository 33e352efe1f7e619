"use client";

import { useWatch } from "react-hook-form";
import { ExpirationField } from "@/components/access-keys/lifecycle/expiration-field";
import type { CreateTokenForm as Typed, CreateTokenFormInput } from "@/components/own-tokens/form-schema";
import { SCOPE_NAMES } from "@/components/own-tokens/scope-names";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input, Select } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";
import type { TokenPlace, TokenRefusal } from "@/lib/own-tokens/schema";

interface CreateTokenFormProps {
  places: TokenPlace[];
  daysMax: number;
  working: boolean;
  /** Gives the refusal, if any. */
  onCreate: (typed: Typed) => Promise<{ reason?: TokenRefusal; message: string } | undefined>;
  onCancel: () => void;
}

const FIELDS: Partial<Record<TokenRefusal, keyof CreateTokenFormInput>> = {
  "date-passed": "expirationDate",
  "date-too-far": "expirationDate",
  "scope-too-wide": "scope",
};

/** What a person says about a new token. */
export function CreateTokenForm({ places, daysMax, working, onCreate, onCancel }: CreateTokenFormProps) {
  const form = useZodForm<CreateTokenFormInput, Typed>(
    async () => (await import("@/components/own-tokens/form-schema")).createTokenFormSchema,
    {
      defaultValues: {
        name: "",
        project: places[0]?.project ?? "",
        scope: "read",
        expiresIn: "30",
        expirationDate: "",
      },
    },
  );
  const { errors } = form.formState;
  const [project, scope, expiresIn] = useWatch({ control: form.control, name: ["project", "scope", "expiresIn"] });
  const place = places.find((candidate) => (candidate.project ?? "") === project);

  async function submit(typed: Typed) {
    const refusal = await onCreate(typed);
    if (!refusal) return;
    const field = (refusal.reason && FIELDS[refusal.reason]) ?? "root";
    if (field === "expirationDate" && expiresIn !== "date") form.setError("root", { message: refusal.message });
    else form.setError(field, { message: refusal.message }, { shouldFocus: field !== "root" });
  }

  return (
    <form noValidate className="grid gap-4" onSubmit={form.submit(submit)}>
      <DialogDescription>
        A program that has the token can do in your name what the scope says, and never more than your role allows.
      </DialogDescription>
      <Field label="Name" hint="What the token is for, such as nightly rotation." error={errors.name?.message}>
        {(control) => <Input {...control} {...form.register("name")} autoComplete="off" dir="auto" required />}
      </Field>
      <Field
        label="Project"
        hint={project === "" ? "Every project that your roles reach." : "The token works nowhere else."}
        error={errors.project?.message}
      >
        {(control) => (
          <Select {...control} {...form.register("project")}>
            {places.map(({ project: slug, name }) => (
              <option key={slug ?? ""} value={slug ?? ""}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field
        label="Scope"
        hint={scope === "manage" ? "Members and administration too, where you may manage them." : undefined}
        error={errors.scope?.message}
      >
        {(control) => (
          <Select {...control} {...form.register("scope")}>
            {(place?.scopes ?? []).map((allowed) => (
              <option key={allowed} value={allowed}>
                {SCOPE_NAMES[allowed]}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="Expires in" error={errors.expiresIn?.message}>
        {(control) => (
          <Select {...control} {...form.register("expiresIn")}>
            <option value="30">30 days</option>
            <option value="90">90 days</option>
            <option value="date">Until a date</option>
          </Select>
        )}
      </Field>
      {expiresIn === "date" ? (
        <ExpirationField
          hint={`In your own time zone, at most ${daysMax} days from now.`}
          error={errors.expirationDate?.message}
          control={form.control}
          name="expirationDate"
        />
      ) : null}
      <FormError message={errors.root?.message} />
      <DialogButtons>
        <Button onClick={onCancel} disabled={working}>
          Cancel
        </Button>
        <Button type="submit" look="primary" busy={working}>
          Create token
        </Button>
      </DialogButtons>
    </form>
  );
}
