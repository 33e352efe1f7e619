"use client";

import { useState } from "react";
import { RegionForm } from "@/components/regions/settings/region-form";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import type { ProviderForm } from "@/lib/regions/schema";

/** Chooses the storage system of a new region, and shows its form. */
export function AddRegion({ forms }: { forms: ProviderForm[] }) {
  const [kind, setKind] = useState("");
  const form = forms.find((one) => one.kind === kind);
  return (
    <div className="grid gap-4">
      <Field
        label="Storage system"
        hint={form?.description ?? "What runs there decides what the portal has to know."}
        className="max-w-2xl"
      >
        {(control) => (
          <Select {...control} value={kind} onChange={(event) => setKind(event.target.value)}>
            <option value="" disabled>
              Choose one
            </option>
            {forms.map(({ kind: value, title }) => (
              <option key={value} value={value}>
                {title}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {form ? <RegionForm key={form.kind} kind="new" form={form} /> : null}
    </div>
  );
}
