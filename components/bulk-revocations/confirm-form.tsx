"use client";

import { useEffect, useRef, useState } from "react";
import { useWatch } from "react-hook-form";
import { ConfirmField, isConfirmWord } from "@/components/access-keys/confirm-field";
import { useChangeRequest } from "@/components/access-keys/use-change-request";
import type { ConfirmForm as Confirmation } from "@/components/bulk-revocations/form-schema";
import { PreviewFacts } from "@/components/bulk-revocations/preview-facts";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Textarea } from "@/components/ui/input";
import { useZodForm } from "@/components/ui/use-zod-form";
import { startRevocationOfMany } from "@/lib/bulk-revocations/actions";
import { countKeys } from "@/lib/bulk-revocations/rules";
import type { Choice, Preview, StartOutput } from "@/lib/bulk-revocations/schema";

interface ConfirmFormProps {
  choice: Choice;
  preview: Preview;
  onBack: () => void;
  onStarted: (id: string) => void;
}

/** The preview, and the reason and the word that start the bulk revocation. */
export function ConfirmForm({ choice, preview, onBack, onStarted }: ConfirmFormProps) {
  const [refusal, setRefusal] = useState<string>();
  const requestChange = useChangeRequest();
  const heading = useRef<HTMLHeadingElement>(null);
  const form = useZodForm<Confirmation, Confirmation>(
    async () => (await import("@/components/bulk-revocations/form-schema")).confirmFormSchema,
    { mode: "onChange", defaultValues: { reason: "" } },
  );
  const { errors, isSubmitting } = form.formState;
  const typed = useWatch({ control: form.control, name: "confirm" });

  // The form before it has gone, and the focus with it.
  useEffect(() => heading.current?.focus(), []);

  const send = form.submit(async (confirmation) => {
    setRefusal(undefined);
    const started = await requestChange<Extract<StartOutput, { ok: true }>>((requestId) =>
      startRevocationOfMany({ ...choice, ...confirmation, requestId, seen: preview.seen }),
    );
    if (started.ok) onStarted(started.id);
    else setRefusal(started.message);
  });

  return (
    <form noValidate aria-label="Confirm" className="grid gap-4" onSubmit={send}>
      <h3 ref={heading} tabIndex={-1} className="font-semibold outline-none">
        Preview
      </h3>
      <PreviewFacts preview={preview} />
      {preview.keys > 0 ? (
        <>
          <Field
            label="Reason"
            hint="The members of the projects read it beside the keys."
            error={errors.reason?.message}
          >
            {(control) => <Textarea {...control} {...form.register("reason")} required />}
          </Field>
          <ConfirmField typed={typed} error={errors.confirm?.message} registration={form.register("confirm")} />
        </>
      ) : null}
      <FormError message={refusal ?? errors.root?.message} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onBack} disabled={isSubmitting}>
          Back
        </Button>
        {preview.keys > 0 ? (
          <Button type="submit" look="danger" disabled={!isConfirmWord(typed)} busy={isSubmitting}>
            Revoke {countKeys(preview.keys)}
          </Button>
        ) : null}
      </div>
    </form>
  );
}
