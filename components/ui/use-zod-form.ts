"use client";

import { type FormEvent, useRef, useState } from "react";
import { type FieldValues, type SubmitHandler, useForm, type UseFormProps } from "react-hook-form";
import { createLazyResolver } from "@/components/ui/lazy-resolver";
import type { LoadSchema } from "@/components/ui/load-schema";

/**
 * A react-hook-form form that is checked with a zod schema, which is loaded when the form is first checked. The errors
 * of a submit are shown at their fields, and the first invalid field gets the focus.
 *
 * `submit` makes the handler for `onSubmit`. A second submit while `onValid` of the first one is in flight does nothing.
 */
export function useZodForm<Input extends FieldValues, Output extends FieldValues>(
  loadSchema: LoadSchema<Input, Output>,
  options: Omit<UseFormProps<Input, unknown, Output>, "resolver"> = {},
) {
  const [resolver] = useState(() => createLazyResolver(loadSchema));
  const form = useForm<Input, unknown, Output>({ ...options, resolver });
  const inFlight = useRef(false);

  async function run(onValid: SubmitHandler<Output>) {
    if (inFlight.current) return;
    inFlight.current = true;
    try {
      await form.handleSubmit(onValid)();
    } finally {
      inFlight.current = false;
    }
  }

  const submit = (onValid: SubmitHandler<Output>) => (event: FormEvent) => {
    event.preventDefault();
    void run(onValid);
  };

  return { ...form, submit };
}
