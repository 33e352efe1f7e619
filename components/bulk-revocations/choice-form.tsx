"use client";

import { useState } from "react";
import { useWatch } from "react-hook-form";
import type { ChoiceForm as Chosen, ChoiceFormInput } from "@/components/bulk-revocations/form-schema";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input, Select, Textarea } from "@/components/ui/input";
import { useCallAction } from "@/components/ui/use-call-action";
import { useZodForm } from "@/components/ui/use-zod-form";
import { previewRevocation } from "@/lib/bulk-revocations/actions";
import type { Choice, Preview } from "@/lib/bulk-revocations/schema";

const LOST = "The portal did not answer. Nothing was changed; try again.";

interface ChoiceFormProps {
  regions: readonly string[];
  onPreview: (choice: Choice, preview: Preview) => void;
}

/** Chooses keys by project, user, region or a text, and asks for the preview. */
export function ChoiceForm({ regions, onPreview }: ChoiceFormProps) {
  const callAction = useCallAction();
  const [refusal, setRefusal] = useState<string>();
  const form = useZodForm<ChoiceFormInput, Chosen>(
    async () => (await import("@/components/bulk-revocations/form-schema")).choiceFormSchema,
    { defaultValues: { by: "text", project: "", user: "", region: "", text: "" } },
  );
  const { errors, isSubmitting } = form.formState;
  const by = useWatch({ control: form.control, name: "by" });

  const send = form.submit(async (choice) => {
    setRefusal(undefined);
    const reply = await callAction(() => previewRevocation(choice));
    if (reply.kind !== "data") return setRefusal(reply.kind === "lost" ? LOST : reply.message);
    if (reply.data.ok) onPreview(choice, reply.data.preview);
    else setRefusal(reply.data.message);
  });

  return (
    <form noValidate aria-label="Choose keys" className="grid gap-4" onSubmit={send}>
      <Field label="Choose by" className="sm:max-w-60">
        {(control) => (
          <Select {...control} {...form.register("by")}>
            <option value="text">List or text</option>
            <option value="project">Project</option>
            <option value="user">User</option>
            <option value="region">Region</option>
          </Select>
        )}
      </Field>
      {by === "project" ? (
        <Field label="Project" hint="Its name in addresses, such as demo." error={errors.project?.message}>
          {(control) => <Input {...control} {...form.register("project")} autoComplete="off" spellCheck={false} />}
        </Field>
      ) : null}
      {by === "user" ? (
        <Field label="Email" hint="All keys made by this person or for them." error={errors.user?.message}>
          {(control) => (
            <Input {...control} {...form.register("user")} type="email" autoComplete="off" spellCheck={false} />
          )}
        </Field>
      ) : null}
      {by === "region" ? (
        <Field label="Region" error={errors.region?.message}>
          {(control) => (
            <Select {...control} {...form.register("region")}>
              <option value="">Choose a region</option>
              {regions.map((region) => (
                <option key={region}>{region}</option>
              ))}
            </Select>
          )}
        </Field>
      ) : null}
      {by === "text" ? (
        <Field
          label="Text with access keys"
          hint="A list, or any text such as a log. Your browser looks for access keys in it and sends nothing else."
          error={errors.text?.message}
        >
          {(control) => (
            <Textarea
              {...control}
              {...form.register("text")}
              rows={8}
              autoComplete="off"
              spellCheck={false}
              className="font-mono text-[0.8125rem]"
            />
          )}
        </Field>
      ) : null}
      <FormError message={refusal ?? errors.root?.message} />
      <div className="flex justify-end">
        <Button type="submit" look="primary" busy={isSubmitting}>
          Preview
        </Button>
      </div>
    </form>
  );
}
