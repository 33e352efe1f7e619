import { Field } from "@/components/ui/field";
import { FilterButtons } from "@/components/ui/filter-buttons";
import { Select } from "@/components/ui/input";

const CHOICES = [
  ["", "All states"],
  ["in-flight", "In flight"],
  ["stuck", "Stuck"],
  ["failed", "Failed"],
] as const;

/** Filters by state. A plain form: the filter is the query of the address, and it works without scripts. */
export function StateFilter({ path, state }: { path: string; state: string | undefined }) {
  return (
    <form action={path} role="search" aria-label="Operations" className="mb-4 flex flex-wrap items-start gap-3">
      <Field label="State" className="min-w-40">
        {(control) => (
          <Select {...control} name="state" defaultValue={state ?? ""}>
            {CHOICES.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <div className="pt-7">
        <FilterButtons path={path} filtered={state !== undefined} pending={false} />
      </div>
    </form>
  );
}
