/** A pair for every bucket. A line for one bucket has the name of the bucket before it. */
const PAIR = /^([^:#\s][^:\r\n]*):[^:\r\n]+\r?\n?$/;

/** Puts the line with the pair into a password file of s3fs, in the place of the old one. Other lines stay. */
export function replacePair(file: string, line: string): string {
  const lines = file.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const at = lines.findIndex((old) => PAIR.test(old));
  if (at === -1) return (file === "" || file.endsWith("\n") ? file : `${file}\n`) + line;
  return lines.map((old, index) => (index === at ? line : old)).join("");
}

/** The pair for every bucket, without its secret. */
export function findPair(file: string): { accessKeyId: string } | undefined {
  for (const line of file.split("\n")) {
    const accessKeyId = PAIR.exec(line)?.[1];
    if (accessKeyId !== undefined) return { accessKeyId };
  }
  return undefined;
}
