"use client";

import type { FieldErrors, UseFormRegister } from "react-hook-form";
import type { RegionFormValues } from "@/components/regions/settings/region-wish";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import type { ProviderField } from "@/lib/regions/schema";

interface ProviderFieldsProps {
  part: "settings" | "credentials";
  fields: readonly ProviderField[];
  /** Whether what is left empty stays as it is. */
  optional: boolean;
  register: UseFormRegister<RegionFormValues>;
  errors: FieldErrors<RegionFormValues>;
}

/** The controls of a provider's own settings, each with its explanation. */
export function ProviderFields({ part, fields, optional, register, errors }: ProviderFieldsProps) {
  return fields.map(({ name, label, help, kind, required, default: preset }) => {
    const place = `${part}.${name}` as const;
    const note = optional ? "Leave it empty to keep the present one." : required ? "" : describeDefault(preset);
    return (
      <Field key={name} label={label} hint={`${help} ${note}`.trim()} error={errors[part]?.[name]?.message}>
        {(control) =>
          kind === "boolean" ? (
            <Select {...control} {...register(place)}>
              <option value="false">No</option>
              <option value="true">Yes</option>
            </Select>
          ) : (
            <Input
              {...control}
              {...register(place)}
              type={kind === "secret" ? "password" : "text"}
              inputMode={kind === "number" ? "numeric" : kind === "url" ? "url" : undefined}
              autoComplete={kind === "secret" ? "new-password" : "off"}
              spellCheck={false}
              required={required && !optional}
              className="font-mono text-[0.8125rem]"
            />
          )
        }
      </Field>
    );
  });
}

const describeDefault = (preset: string | null): string =>
  preset === null ? "May be left empty." : `Left empty: ${preset}.`;
