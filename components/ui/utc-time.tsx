/** A moment in UTC to the minute, such as "2063-04-05 00:00 UTC". For people whose time zones differ. */
export function UtcTime({ date }: { date: Date }) {
  return <span className="tabular whitespace-nowrap">{date.toISOString().slice(0, 16).replace("T", " ")} UTC</span>;
}
