"use client";

import { useRouter } from "next/navigation";
import { type ReactNode, type SubmitEvent, useEffect, useRef, useTransition } from "react";
import { composeAddress } from "@/components/layout/parameters";
import { FilterButtons } from "@/components/ui/filter-buttons";

interface AddressFormProps {
  path: string;
  /** The part of the page that the form is about, such as "#buckets". */
  anchor: string;
  /** What is listed. */
  label: string;
  /** The query of the page as it is. */
  current: Record<string, string | undefined>;
  /** The address of the list without a filter. */
  clearPath: string;
  filtered: boolean;
  className?: string;
  /** The fields, each with a name and a `defaultValue` from the address. */
  children: ReactNode;
}

/**
 * A filter whose fields are the query of the address. It is a plain form: nothing is checked before it is sent, and it
 * works without scripts. With them the page stays where it is scrolled.
 */
export function AddressForm({
  path,
  anchor,
  label,
  current,
  clearPath,
  filtered,
  className,
  children,
}: AddressFormProps) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const form = useRef<HTMLFormElement>(null);

  const address = composeAddress(path, current);
  const shown = useRef(address);

  useEffect(() => {
    // Not at the first render: somebody may have typed before the scripts were loaded.
    if (shown.current === address) return;
    shown.current = address;
    form.current?.reset();
  }, [address]);

  function onSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = [...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value).trim()]);
    const target = composeAddress(path, Object.fromEntries(fields)) + anchor;
    startTransition(() => router.push(target, { scroll: false }));
  }

  return (
    <form ref={form} action={path + anchor} role="search" aria-label={label} className={className} onSubmit={onSubmit}>
      {children}
      <FilterButtons path={clearPath} filtered={filtered} pending={pending} keepsPlace />
    </form>
  );
}
