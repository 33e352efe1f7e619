"use client";

import type { ReactNode } from "react";
import type { AuditFilterForm } from "@/components/audit-log/form-schema";
import { useAddressForm } from "@/components/layout/use-address-form";
import { Field } from "@/components/ui/field";
import { FilterButtons } from "@/components/ui/filter-buttons";
import { FilterFold } from "@/components/ui/filter-fold";
import { FormError } from "@/components/ui/form-error";
import { Input, Select } from "@/components/ui/input";

type Name = keyof AuditFilterForm;

interface AuditFilterProps {
  path: string;
  label: string;
  events: readonly string[];
  outcomes: readonly string[];
  regions: readonly string[];
  /** What stands in the address of the page. */
  values: { [Field in Name]: string | undefined };
  /** What is wrong with it, by the name of the field. Empty for what has no field. */
  refused: Record<string, string>;
  /** Whether the list has the lines of all projects. */
  whole?: boolean;
}

/** Filters the audit log. The filter is part of the address, and it works without scripts. */
export function AuditFilter({ path, label, events, outcomes, regions, values, refused, whole }: AuditFilterProps) {
  const form = useAddressForm<AuditFilterForm>(
    path,
    values,
    async () => (await import("@/components/audit-log/form-schema")).auditFilterFormSchema,
  );
  const { errors, isSubmitted } = form;
  const isFiltered = Object.values(values).some(Boolean);
  const errorOf = (name: Name) => (isSubmitted ? errors[name] : refused[name]);

  const text = (name: Name, title: string, placeholder: string) => (
    <Field label={title} error={errorOf(name)} className="max-sm:col-span-2">
      {(control) => (
        <Input
          {...control}
          {...form.register(name)}
          defaultValue={values[name]}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
        />
      )}
    </Field>
  );
  const choice = (name: Name, title: string, all: string, known: readonly string[], options: ReactNode) => (
    <Field label={title} error={errorOf(name)}>
      {(control) => (
        <Select {...control} {...form.register(name)} defaultValue={values[name]}>
          <option value="">{all}</option>
          {values[name] && !known.includes(values[name]) ? <option>{values[name]}</option> : null}
          {options}
        </Select>
      )}
    </Field>
  );
  const day = (name: Name, title: string) => (
    <Field label={title} error={errorOf(name)} hint={describeDay(values[name])}>
      {(control) => (
        <Input {...control} {...form.register(name)} type="date" defaultValue={values[name]?.slice(0, 10)} />
      )}
    </Field>
  );
  return (
    <FilterFold
      chosen={Object.values({ ...values, event: describeEvent(values.event) })}
      open={Object.keys(refused).length > 0}
    >
      <form {...form.formProps} role="search" aria-label={label} className="grid gap-3">
        <FormError message={isSubmitted ? errors.root : refused[""]} />
        <div className="grid grid-cols-2 items-start gap-3 lg:grid-cols-4 min-[100rem]:grid-cols-8">
          {text("who", "Who", "A part of the name or e-mail")}
          {choice("event", "What", "Everything", events, <EventOptions events={events} />)}
          {choice("outcome", "Outcome", "All outcomes", outcomes, <Options names={outcomes} />)}
          {choice("region", "Region", "All regions", regions, <Options names={regions} />)}
          {whole ? text("project", "Project", "The project in addresses") : null}
          {text("accessKey", "Access key", "The whole access key")}
          {day("from", "From")}
          {day("to", "To")}
          <div className={whole ? "col-span-full" : "sm:pt-7"}>
            <FilterButtons path={path} filtered={isFiltered} pending={form.pending} />
          </div>
        </div>
      </form>
    </FilterFold>
  );
}

/** A link may have a time, for which the date field has no place. */
const describeDay = (value: string | undefined): string =>
  value?.includes("T") ? `The filter has the time ${value}` : "A day in UTC";

function Options({ names }: { names: readonly string[] }) {
  return names.map((name) => <option key={name}>{name}</option>);
}

/** A group for each noun. */
function EventOptions({ events }: { events: readonly string[] }) {
  const nouns = [...new Set(events.map(nounOf))];
  return nouns.map((noun) => (
    <optgroup key={noun} label={noun.replaceAll("-", " ")}>
      {events
        .filter((event) => nounOf(event) === noun)
        .map((event) => (
          <option key={event} value={event}>
            {describeEvent(event)}
          </option>
        ))}
    </optgroup>
  ));
}

/** `member.joined` is "member joined". */
const describeEvent = (event = ""): string => event.replaceAll(/[.-]/g, " ");

const nounOf = (event: string): string => event.slice(0, event.indexOf("."));
