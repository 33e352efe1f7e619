"use client";

import type { SearchForm } from "@/components/layout/search-schema";
import { useAddressForm } from "@/components/layout/use-address-form";
import { Field } from "@/components/ui/field";
import { FilterButtons } from "@/components/ui/filter-buttons";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";

interface SearchFilterProps {
  path: string;
  /** What is listed. */
  label: string;
  /** What is searched: the name of the field. */
  field: string;
  search: string | undefined;
}

/** Searches a list. The text is the parameter `search` of the address. */
export function SearchFilter({ path, label, field, search }: SearchFilterProps) {
  const form = useAddressForm<SearchForm>(
    path,
    { search },
    async () => (await import("@/components/layout/search-schema")).searchFormSchema,
  );
  const { errors } = form;
  return (
    <form {...form.formProps} role="search" aria-label={label} className="mb-4 grid gap-3">
      <FormError message={errors.root} />
      <div className="flex flex-wrap items-start gap-3">
        <Field label={field} error={errors.search} className="min-w-0 flex-1 sm:max-w-80">
          {(control) => (
            <Input
              {...control}
              {...form.register("search")}
              defaultValue={search}
              type="search"
              placeholder="All or a part of it"
              autoComplete="off"
              dir="auto"
            />
          )}
        </Field>
        <div className="pt-7">
          <FilterButtons path={path} filtered={search !== undefined} pending={form.pending} />
        </div>
      </div>
    </form>
  );
}
