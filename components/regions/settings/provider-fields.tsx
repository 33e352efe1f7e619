"use client";

import type { FieldErrors, UseFormRegister } from "react-hook-form";
import type { RegionFormValues } from "@/components/regions/settings/region-wish";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import type { ProviderField } from "@/lib/regions/schema";

interface ProviderFieldsProps {
  part: "settings" | "credentials";
  fields: readonly ProviderField[];
  /** The fields that stay as they are when they are left empty. */
  kept?: readonly string[];
  /** The fields that may be removed, and those that are to be. */
  removal?: { offered: readonly string[]; chosen: readonly string[]; onChoose: (chosen: string[]) => void };
  register: UseFormRegister<RegionFormValues>;
  errors: FieldErrors<RegionFormValues>;
}

/** The controls of a provider's own settings, each with its explanation. */
export function ProviderFields({ part, fields, kept = [], removal, register, errors }: ProviderFieldsProps) {
  return fields.map(({ name, label, help, kind, required, default: preset }) => {
    const place = `${part}.${name}` as const;
    const isKept = kept.includes(name);
    const isRemoved = removal?.chosen.includes(name) ?? false;
    const note = isKept ? "Leave it empty to keep the present one." : required ? "" : describeDefault(preset);
    const field = (
      <Field label={label} hint={`${help} ${note}`.trim()} error={errors[part]?.[name]?.message}>
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
              required={required && !isKept}
              readOnly={isRemoved}
              className="font-mono text-[0.8125rem]"
            />
          )
        }
      </Field>
    );
    return (
      <div key={name} className="grid gap-2">
        {field}
        {removal?.offered.includes(name) ? (
          <Checkbox
            label={`Remove the present ${label}`}
            checked={isRemoved}
            onCheckedChange={(checked) =>
              removal.onChoose([...removal.chosen.filter((one) => one !== name), ...(checked === true ? [name] : [])])
            }
          />
        ) : null}
      </div>
    );
  });
}

const describeDefault = (preset: string | null): string =>
  preset === null ? "May be left empty." : `Left empty: ${preset}.`;
