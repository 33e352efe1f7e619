"use client";

import { Search } from "lucide-react";
import { useId, useState } from "react";
import type { SearchForm as SearchValues } from "@/components/access-keys/form-schema";
import { useAddressForm } from "@/components/layout/use-address-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";
import { SEARCH_KINDS, type SearchKind } from "@/lib/support/schema";

const PATH = "/support";

const KINDS: Record<SearchKind, { label: string; hint: string }> = {
  "access-key": { label: "Access key", hint: "The whole access key, or a part of at least 3 characters." },
  email: { label: "Email", hint: "The address of the person who made the key or has it, or a part of the address." },
  project: { label: "Project", hint: "The name or the slug of the project, or a part of one." },
};

/** Searches all projects: by access key, by the e-mail address of a person, or by project. */
export function SearchForm({ by: current, text }: { by: SearchKind; text: string | undefined }) {
  const id = useId();
  const form = useAddressForm<SearchValues>(
    PATH,
    { by: current, text },
    async () => (await import("@/components/access-keys/form-schema")).searchFormSchema,
  );
  const [by, setBy] = useState(current);
  const shown = `${current} ${text}`;
  const [lastShown, setLastShown] = useState(shown);
  // Another search stands in the address now.
  if (shown !== lastShown) {
    setLastShown(shown);
    setBy(current);
  }
  const { label, hint } = KINDS[by];
  const { errors } = form;

  return (
    <form {...form.formProps} role="search" aria-label="Find a key" className="mb-6 grid max-w-xl gap-3">
      <FormError message={errors.root} />
      <fieldset className="flex flex-wrap gap-x-5 gap-y-1.5">
        <legend className="mb-1.5 text-[0.8125rem] font-medium">Search by</legend>
        {SEARCH_KINDS.map((kind) => (
          <div key={kind} className="flex items-center gap-2">
            <input
              type="radio"
              id={`${id}-${kind}`}
              name="by"
              value={kind}
              checked={kind === by}
              onChange={() => setBy(kind)}
            />
            <label htmlFor={`${id}-${kind}`}>{KINDS[kind].label}</label>
          </div>
        ))}
      </fieldset>
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2">
        <Field label={label} hint={hint} error={errors.text}>
          {(control) => (
            <Input
              {...control}
              {...form.register("text")}
              defaultValue={text}
              type="search"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              className={by === "access-key" ? "font-mono" : undefined}
            />
          )}
        </Field>
        <Button type="submit" look="primary" className="mt-7" busy={form.pending}>
          <Search aria-hidden />
          Find
        </Button>
      </div>
    </form>
  );
}
