import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { CONFIRM_WORD } from "@/lib/access-keys/schema";

interface ConfirmFieldProps {
  value: string;
  onChange: (value: string) => void;
}

/** The box in which the word is typed before something is taken away. */
export function ConfirmField({ value, onChange }: ConfirmFieldProps) {
  const astray = !CONFIRM_WORD.startsWith(value);
  return (
    <Field
      label={`Type ${CONFIRM_WORD} to continue`}
      error={astray ? `Type the word ${CONFIRM_WORD} exactly, in lower case and without spaces` : undefined}
    >
      {(control) => (
        <Input
          {...control}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className="font-mono"
        />
      )}
    </Field>
  );
}
