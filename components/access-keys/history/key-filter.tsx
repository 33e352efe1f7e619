"use client";

import { useAddressForm } from "@/components/layout/use-address-form";
import { Field } from "@/components/ui/field";
import { FilterButtons } from "@/components/ui/filter-buttons";
import { FilterFold } from "@/components/ui/filter-fold";
import { FormError } from "@/components/ui/form-error";
import { Input, Select } from "@/components/ui/input";
import { KEY_STATES } from "@/lib/access-keys/rules";
import type { KeyFilterForm } from "@/components/access-keys/form-schema";

interface KeyFilterProps {
  path: string;
  regions: string[];
  /** What the page is filtered by now; undefined means all. */
  values: { [Name in keyof KeyFilterForm]: string | undefined };
}

/** Filters the key table. The filter is part of the address, so a link to it shows the same keys to somebody else. */
export function KeyFilter({ path, regions, values }: KeyFilterProps) {
  const form = useAddressForm<KeyFilterForm>(
    path,
    values,
    async () => (await import("@/components/access-keys/form-schema")).keyFilterFormSchema,
  );
  const { errors } = form;
  const isFiltered = Object.values(values).some(Boolean);

  return (
    <FilterFold chosen={Object.values(values)}>
      <form {...form.formProps} role="search" aria-label="Keys" className="grid gap-3">
        <FormError message={errors.root} />
        <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-[minmax(0,1.4fr)_repeat(4,minmax(0,1fr))_auto]">
          <Field label="Access key" error={errors.search}>
            {(control) => (
              <Input
                {...control}
                {...form.register("search")}
                defaultValue={values.search}
                type="search"
                placeholder="All or a part of it"
                autoComplete="off"
                spellCheck={false}
                className="font-mono text-[0.8125rem] placeholder:font-sans"
              />
            )}
          </Field>
          <Field label="Name" error={errors.name}>
            {(control) => (
              <Input
                {...control}
                {...form.register("name")}
                defaultValue={values.name}
                placeholder="The whole name"
                autoComplete="off"
                dir="auto"
              />
            )}
          </Field>
          <Field label="Created by" error={errors.createdBy}>
            {(control) => (
              <Input
                {...control}
                {...form.register("createdBy")}
                defaultValue={values.createdBy}
                placeholder="A part of the name"
                autoComplete="off"
              />
            )}
          </Field>
          <Field label="Region">
            {(control) => (
              <Select {...control} {...form.register("region")} defaultValue={values.region}>
                <option value="">All regions</option>
                <Options names={regions} />
              </Select>
            )}
          </Field>
          <Field label="State">
            {(control) => (
              <Select {...control} {...form.register("state")} defaultValue={values.state}>
                <option value="">All states</option>
                <Options names={KEY_STATES} />
              </Select>
            )}
          </Field>
          <div className="sm:pt-7">
            <FilterButtons path={path} filtered={isFiltered} pending={form.pending} />
          </div>
        </div>
      </form>
    </FilterFold>
  );
}

function Options({ names }: { names: readonly string[] }) {
  return names.map((name) => <option key={name}>{name}</option>);
}
