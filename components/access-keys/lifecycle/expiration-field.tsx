import { type Control, type FieldPath, type FieldValues, useController } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { UtcTime } from "@/components/ui/utc-time";

/** Stands for a date of which a part is missing: the browser gives an empty text for it, which would mean "no date". */
const INCOMPLETE = "incomplete";

interface ExpirationFieldProps<Values extends FieldValues, Output> {
  hint: string;
  error: string | undefined;
  control: Control<Values, unknown, Output>;
  name: FieldPath<Values>;
  disabled?: boolean;
}

/** A date and time of the person's time zone, with the same moment in UTC below. */
export function ExpirationField<Values extends FieldValues, Output>({
  hint,
  error,
  control,
  name,
  disabled = false,
}: ExpirationFieldProps<Values, Output>) {
  const { field } = useController({ control, name });
  const typed = typeof field.value === "string" ? field.value : "";
  const moment = typed === "" || typed === INCOMPLETE ? undefined : new Date(typed);

  const read = ({ currentTarget: { value, validity } }: { currentTarget: HTMLInputElement }) =>
    field.onChange(validity.badInput ? INCOMPLETE : value);

  return (
    <Field
      label="Expiration date"
      error={error}
      hint={
        <>
          {hint} {moment && !Number.isNaN(moment.getTime()) ? <UtcTime date={moment} /> : null}
        </>
      }
    >
      {(attributes) => (
        <Input
          {...attributes}
          ref={field.ref}
          name={name}
          type="datetime-local"
          defaultValue={typed}
          max="9999-12-31T23:59"
          disabled={disabled}
          onChange={read}
          onKeyUp={read}
          onBlur={(event) => {
            read(event);
            field.onBlur();
          }}
        />
      )}
    </Field>
  );
}
