"use client";

import { useAddressForm } from "@/components/layout/use-address-form";
import type { MemberFilterForm } from "@/components/members/form-schema";
import { Field } from "@/components/ui/field";
import { FilterButtons } from "@/components/ui/filter-buttons";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";

/** Filters the table of members. The filter is part of the address. */
export function MemberFilter({ path, search }: { path: string; search: string | undefined }) {
  const form = useAddressForm<MemberFilterForm>(
    path,
    { search },
    async () => (await import("@/components/members/form-schema")).memberFilterFormSchema,
  );
  const { errors } = form.formState;
  return (
    <form action={path} role="search" aria-label="Members" noValidate className="grid gap-3" onSubmit={form.onSubmit}>
      <FormError message={errors.root?.message} />
      <div className="flex flex-wrap items-start gap-3">
        <Field label="Name or email" error={errors.search?.message} className="min-w-0 flex-1 sm:max-w-80">
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
