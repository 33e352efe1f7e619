"use client";

import { Search } from "lucide-react";
import { useAddressForm } from "@/components/layout/use-address-form";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input } from "@/components/ui/input";
import type { FindKeyForm as FindKeyValues } from "@/components/access-keys/form-schema";

const PATH = "/support";

/** Searches all projects for the key with exactly this access key. */
export function FindKeyForm({ value }: { value: string | undefined }) {
  const form = useAddressForm<FindKeyValues>(
    PATH,
    { "access-key": value },
    async () => (await import("@/components/access-keys/form-schema")).findKeyFormSchema,
  );
  const { errors } = form.formState;

  return (
    <form
      action={PATH}
      role="search"
      aria-label="Find a key"
      noValidate
      className="mb-6 grid max-w-xl gap-3"
      onSubmit={form.onSubmit}
    >
      <FormError message={errors.root?.message} />
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2">
        <Field label="Access key" error={errors["access-key"]?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register("access-key")}
              defaultValue={value}
              type="search"
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              className="font-mono"
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
