const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A count of bytes, given as decimal text since it may exceed 2^53, with a binary unit: "1.5 MiB". */
export function formatBytes(bytes: string): string {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? "B"}`;
}

const count = new Intl.NumberFormat("en-GB");

/** A count with its thousands set apart. */
export function formatCount(value: number): string {
  return count.format(value);
}
