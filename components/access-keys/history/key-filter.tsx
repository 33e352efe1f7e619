"use client";

import { Search } from "lucide-react";
import Form from "next/form";
import Link from "next/link";
import { useState } from "react";
import { looksLikeSecret, SECRET_PASTED } from "@/components/access-keys/issue/secret-shape";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { KEY_STATES } from "@/lib/access-keys/rules";

export interface KeyFilterValues {
  region: string | undefined;
  state: string | undefined;
  search: string | undefined;
}

interface KeyFilterProps {
  path: string;
  regions: string[];
  values: KeyFilterValues;
}

/** Region, state and a part of the access key; they stand in the address, so that a view can be passed on. */
export function KeyFilter({ path, regions, values }: KeyFilterProps) {
  const [error, setError] = useState<string>();
  const filtered = Boolean(values.region || values.state || values.search);
  return (
    <Form
      action={path}
      role="search"
      aria-label="Keys"
      className="mb-4 grid items-start gap-3 sm:grid-cols-[minmax(0,1fr)_11rem_11rem_auto]"
      onSubmit={(event) => {
        const search = new FormData(event.currentTarget).get("search");
        const pasted = typeof search === "string" && looksLikeSecret(search);
        setError(pasted ? SECRET_PASTED : undefined);
        if (pasted) event.preventDefault();
      }}
    >
      <Field label="Access key" error={error}>
        {(control) => (
          <Input
            {...control}
            name="search"
            type="search"
            defaultValue={values.search}
            placeholder="All or a part of it"
            autoComplete="off"
            spellCheck={false}
            maxLength={128}
            className="font-mono text-[0.8125rem] placeholder:font-sans"
          />
        )}
      </Field>
      <Field label="Region">
        {(control) => (
          <Select {...control} name="region" defaultValue={values.region ?? ""}>
            <option value="">All regions</option>
            {regions.map((region) => (
              <option key={region}>{region}</option>
            ))}
          </Select>
        )}
      </Field>
      <Field label="State">
        {(control) => (
          <Select {...control} name="state" defaultValue={values.state ?? ""}>
            <option value="">All states</option>
            {KEY_STATES.map((state) => (
              <option key={state}>{state}</option>
            ))}
          </Select>
        )}
      </Field>
      <div className="flex gap-2 sm:pt-7">
        <Button type="submit">
          <Search aria-hidden />
          Filter
        </Button>
        {filtered ? (
          <Button asChild look="ghost">
            <Link href={path}>Clear</Link>
          </Button>
        ) : null}
      </div>
    </Form>
  );
}
