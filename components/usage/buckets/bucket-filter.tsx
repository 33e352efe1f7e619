import { AddressForm } from "@/components/layout/address-form";
import { Field } from "@/components/ui/field";
import { Input, Select } from "@/components/ui/input";
import { ORDER_NAMES, writeOrder } from "@/components/usage/buckets/bucket-order";
import {
  BUCKETS_ANCHOR,
  type BucketPlace,
  composePlace,
  isFiltered,
  listParameters,
} from "@/components/usage/buckets/bucket-place";

/** No bucket has a longer name. */
const NAME_MAX = 63;

/** Searches and sorts the buckets. On wide screens the heads of the table sort. */
export function BucketFilter({ place, regions }: { place: BucketPlace; regions: string[] }) {
  const order = writeOrder(place);
  return (
    <AddressForm
      path={place.path}
      anchor={BUCKETS_ANCHOR}
      label="Buckets"
      current={listParameters(place)}
      clearPath={composePlace({ ...place, region: undefined, search: undefined })}
      filtered={isFiltered(place)}
      className="mb-4 flex flex-wrap items-end gap-3"
    >
      {Object.entries(place.others).map(([name, value]) =>
        value ? <input key={name} type="hidden" name={name} value={value} /> : null,
      )}
      <Field label="Bucket" className="min-w-0 flex-1 max-sm:basis-full sm:max-w-80">
        {(control) => (
          <Input
            {...control}
            name="search"
            defaultValue={place.search ?? ""}
            type="search"
            maxLength={NAME_MAX}
            placeholder="A part of the name"
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </Field>
      {regions.length > 1 ? (
        <Field label="Region" className="max-sm:min-w-36 max-sm:flex-1 sm:w-44">
          {(control) => (
            <Select {...control} key={place.region} name="region" defaultValue={place.region ?? ""}>
              <option value="">All regions</option>
              {regions.map((region) => (
                <option key={region}>{region}</option>
              ))}
            </Select>
          )}
        </Field>
      ) : null}
      <Field label="Sort by" className="max-sm:min-w-36 max-sm:flex-1 sm:hidden">
        {(control) => (
          <Select {...control} key={order} name="sort" defaultValue={order ?? ""}>
            {Object.entries(ORDER_NAMES).map(([value, name]) => (
              <option key={value} value={value === "name" ? "" : value}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </AddressForm>
  );
}
