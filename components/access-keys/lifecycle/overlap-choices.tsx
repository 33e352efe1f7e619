/** For how long an old key can be kept beside a new one, in the words of the dialogs. */
const CHOICES = [
  ["3600", "1 hour"],
  ["86400", "24 hours"],
  ["604800", "7 days"],
] as const;

/** The options of a select for the length of an overlap. */
export function OverlapOptions() {
  return CHOICES.map(([seconds, words]) => (
    <option key={seconds} value={seconds}>
      {words}
    </option>
  ));
}
