import { useId } from "react";
import { OverlapOptions } from "@/components/access-keys/lifecycle/overlap-choices";
import { Select } from "@/components/ui/input";
import { Time } from "@/components/ui/time";

interface OverlapFieldProps {
  /** Seconds as a text; empty: the old keys are replaced now. */
  value: string;
  onChange: (value: string) => void;
  /** When the current key expires, in ISO 8601; null for never. */
  oldKeyExpiresAt: string | null;
}

const DEFAULT_CHOICE = "86400";

/** What becomes of the old keys: replaced now, or kept for a while beside the new ones. */
export function OverlapField({ value, onChange, oldKeyExpiresAt }: OverlapFieldProps) {
  const id = useId();
  const isKept = value !== "";
  const end = isKept ? findEnd(Number(value), oldKeyExpiresAt) : undefined;
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-[0.8125rem] font-medium">Old keys</legend>
      <div className="flex items-center gap-2.5">
        <input type="radio" id={`${id}-now`} name={id} checked={!isKept} onChange={() => onChange("")} />
        <label htmlFor={`${id}-now`}>Replace now</label>
      </div>
      <div className="flex flex-wrap items-center gap-2.5">
        <input type="radio" id={`${id}-keep`} name={id} checked={isKept} onChange={() => onChange(DEFAULT_CHOICE)} />
        <label htmlFor={`${id}-keep`}>Keep the old keys for</label>
        <div>
          <Select
            aria-label="How long to keep the old keys"
            value={isKept ? value : DEFAULT_CHOICE}
            disabled={!isKept}
            onChange={(event) => onChange(event.target.value)}
          >
            <OverlapOptions />
          </Select>
        </div>
      </div>
      {end ? (
        <p className="text-[0.8125rem] text-muted">
          Both pairs work until about <Time iso={end.toISOString()} />. Then the old one is removed.
        </p>
      ) : null}
    </fieldset>
  );
}

/** The overlap never lasts longer than the old key itself. */
function findEnd(seconds: number, oldKeyExpiresAt: string | null): Date {
  const end = Date.now() + seconds * 1_000;
  return new Date(Math.min(end, oldKeyExpiresAt ? new Date(oldKeyExpiresAt).getTime() : Infinity));
}
