import type { UseFormRegisterReturn } from "react-hook-form";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import type { ConfirmWord } from "@/lib/access-keys/schema";

/** The word that has to be typed. Its type comes from the schema; the schema itself is not loaded for it. */
const CONFIRM_WORD: ConfirmWord = "confirm";

/** Whether a text is the word. */
export function isConfirmWord(text: string | undefined): boolean {
  return text === CONFIRM_WORD;
}

interface ConfirmFieldProps {
  /** The text in the field. */
  typed: string | undefined;
  error: string | undefined;
  registration: UseFormRegisterReturn;
}

/** The field for the word that a person types before keys are removed. Its error waits until a letter is wrong. */
export function ConfirmField({ typed = "", error, registration }: ConfirmFieldProps) {
  const mayBecomeTheWord = CONFIRM_WORD.startsWith(typed);
  return (
    <Field label={`Type ${CONFIRM_WORD} to continue`} error={mayBecomeTheWord ? undefined : error}>
      {(control) => (
        <Input
          {...control}
          {...registration}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          className="font-mono"
        />
      )}
    </Field>
  );
}
