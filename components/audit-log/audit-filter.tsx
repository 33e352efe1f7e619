import { Search } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { EVENT_NAMES, OUTCOMES } from "@/lib/audit-log/schema";

interface AuditFilterProps {
  path: string;
  label: string;
  regions: string[];
  /** What the page is filtered by now. */
  values: Record<string, string | undefined>;
  /** Whether the list has the lines of all projects. */
  whole?: boolean;
}

/** Filters the audit log. A plain form: the filter is the query of the address, and it works without scripts. */
export function AuditFilter({ path, label, regions, values, whole = false }: AuditFilterProps) {
  const isFiltered = Object.values(values).some(Boolean);
  const text = (name: string, title: string, placeholder: string) => (
    <Field label={title}>
      {(control) => (
        <Input
          {...control}
          name={name}
          defaultValue={values[name]}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          dir="auto"
        />
      )}
    </Field>
  );
  const choice = (name: string, title: string, all: string, options: readonly string[]) => (
    <Field label={title}>
      {(control) => (
        <Select {...control} name={name} defaultValue={values[name] ?? ""}>
          <option value="">{all}</option>
          {options.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </Select>
      )}
    </Field>
  );
  const day = (name: string, title: string) => (
    <Field label={title}>
      {(control) => <Input {...control} name={name} type="date" defaultValue={values[name]?.slice(0, 10)} />}
    </Field>
  );
  return (
    <form action={path} role="search" aria-label={label} className="mb-4 grid gap-3">
      <div className="grid items-start gap-3 sm:grid-cols-2 lg:grid-cols-4">
        {text("who", "Who", "A part of the name or e-mail")}
        {choice("event", "What", "Everything", EVENT_NAMES)}
        {choice("outcome", "Outcome", "All outcomes", OUTCOMES)}
        {choice("region", "Region", "All regions", regions)}
        {whole ? text("project", "Project", "The project in addresses") : null}
        {text("accessKey", "Access key", "The whole access key")}
        {day("from", "From")}
        {day("to", "To")}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit">
          <Search aria-hidden />
          Filter
        </Button>
        {isFiltered ? (
          <Button asChild look="ghost">
            <Link href={path}>Clear</Link>
          </Button>
        ) : null}
      </div>
    </form>
  );
}
