"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useTransition } from "react";
import { composeAddress } from "@/components/layout/parameters";
import type { LoadSchema } from "@/components/ui/lazy-resolver";
import { useZodForm } from "@/components/ui/use-zod-form";

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
  const { reset, submit, ...form } = useZodForm<Values, Values>(loadSchema);
  const address = composeAddress(path, current);
  const shown = useRef(address);

  useEffect(() => {
    // Not at the first render: somebody may have typed before the scripts were loaded.
    if (shown.current === address) return;
    shown.current = address;
    reset(Object.fromEntries(Object.entries(current).map(([name, value]) => [name, value ?? ""])) as Values);
  }, [address, current, reset]);

  const onSubmit = submit((values) => startTransition(() => router.push(composeAddress(path, values))));

  return { ...form, pending, onSubmit };
}
