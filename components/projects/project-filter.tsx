"use client";

import { Search } from "lucide-react";
import Link from "next/link";
import { useAddressForm } from "@/components/layout/use-address-form";
import type { ProjectFilterForm } from "@/components/projects/form-schema";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";

/** Filters the table of projects. The filter is part of the address. */
export function ProjectFilter({ path, search }: { path: string; search: string | undefined }) {
  const form = useAddressForm<ProjectFilterForm>(
    path,
    { search },
    async () => (await import("@/components/projects/form-schema")).projectFilterFormSchema,
  );
  const { errors } = form.formState;
  return (
    <form action={path} role="search" aria-label="Projects" noValidate className="grid gap-3" onSubmit={form.onSubmit}>
      <FormError message={errors.root?.message} />
      <div className="flex flex-wrap items-start gap-3">
        <Field label="Name or slug" error={errors.search?.message} className="min-w-0 flex-1 sm:max-w-80">
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
        <div className="flex gap-2 pt-7">
          <Button type="submit" busy={form.pending}>
            <Search aria-hidden />
            Filter
          </Button>
          {search ? (
            <Button asChild look="ghost">
              <Link href={path}>Clear</Link>
            </Button>
          ) : null}
        </div>
      </div>
    </form>
  );
}
