"use client";

import { type FormEvent, useRef, useState } from "react";
import { loadConfigured, type LoadSchema, NOT_LOADED } from "@/components/ui/load-schema";

/** The sentences about a form: by the name of a field, and `root` for the whole form. */
export type PlainErrors = Partial<Record<string, string>>;

/**
 * A form that is checked when it is submitted, with a zod schema that is loaded then or when somebody types. The fields
 * keep their own values. For pages that have to load fast: react-hook-form and zod are not part of their first load.
 *
 * `submit` makes the handler for `onSubmit`. What `onValid` returns is shown as the error of the form. The first invalid
 * field gets the focus. A second submit while the first one is in flight does nothing.
 */
export function usePlainForm<Values extends object>(loadSchema: LoadSchema<Values, Values>) {
  const [errors, setErrors] = useState<PlainErrors>({});
  const [isSubmitting, setSubmitting] = useState(false);
  const [isSubmitted, setSubmitted] = useState(false);
  const inFlight = useRef(false);

  /** What a field with this name needs. */
  const register = (name: keyof Values & string) => ({
    name,
    onChange: () => {
      void loadConfigured(loadSchema).catch(() => undefined);
      setErrors((before) => (before[name] ? { ...before, [name]: undefined } : before));
    },
  });

  async function run(form: HTMLFormElement, onValid: OnValid<Values>) {
    const checked = await check(loadSchema, Object.fromEntries(new FormData(form)));
    const message = checked.ok ? await onValid(checked.values) : undefined;
    const found: PlainErrors = checked.ok ? { root: message ?? undefined } : checked.errors;
    setErrors(found);
    setSubmitted(true);
    const fields = [...form.elements].filter((field) => field instanceof HTMLElement);
    fields.find((field) => found[field.getAttribute("name") ?? ""])?.focus();
  }

  const submit = (onValid: OnValid<Values>) => (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (inFlight.current) return;
    inFlight.current = true;
    setSubmitting(true);
    void run(event.currentTarget, onValid).finally(() => {
      inFlight.current = false;
      setSubmitting(false);
    });
  };

  return { register, submit, errors, isSubmitting, isSubmitted };
}

/** Takes the checked values. It may return a sentence that says why they were not accepted. */
type OnValid<Values> = (values: Values) => Promise<string | undefined> | void;

type Checked<Values> = { ok: true; values: Values } | { ok: false; errors: PlainErrors };

async function check<Values>(loadSchema: LoadSchema<Values, Values>, input: object): Promise<Checked<Values>> {
  const schema = await loadConfigured(loadSchema).catch(() => undefined);
  if (!schema) return { ok: false, errors: { root: NOT_LOADED } };
  const result = await schema.safeParseAsync(input);
  if (result.success) return { ok: true, values: result.data };
  const errors: PlainErrors = {};
  for (const { path, message } of result.error.issues) errors[String(path[0] ?? "root")] ??= message;
  return { ok: false, errors };
}
