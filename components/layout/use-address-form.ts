"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useTransition } from "react";
import { composeAddress } from "@/components/layout/parameters";
import type { LoadSchema } from "@/components/ui/load-schema";
import { usePlainForm } from "@/components/ui/use-plain-form";

/**
 * A form whose values are the query of an address, such as a filter. Submitting goes to that address. `current` is the
 * query of the page as it is; the fields get it as their `defaultValue`, and again when the address changes.
 */
export function useAddressForm<Values extends Record<string, string | undefined>>(
  path: string,
  current: { [Name in keyof Values]: string | undefined },
  loadSchema: LoadSchema<Values, Values>,
) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const { submit, ...form } = usePlainForm<Values>(loadSchema);
  const ref = useRef<HTMLFormElement>(null);
  const address = composeAddress(path, current);
  const shown = useRef(address);

  useEffect(() => {
    // Not at the first render: somebody may have typed before the scripts were loaded.
    if (shown.current === address) return;
    shown.current = address;
    for (const [name, value] of Object.entries(current)) setField(ref.current, name, value ?? "");
  }, [address, current]);

  const onSubmit = submit((values) => startTransition(() => router.push(composeAddress(path, values))));

  return { ...form, formProps: { ref, action: path, noValidate: true, onSubmit }, pending };
}

function setField(form: HTMLFormElement | null, name: string, value: string): void {
  const field = form?.elements.namedItem(name);
  if (field && "value" in field) field.value = value;
}
