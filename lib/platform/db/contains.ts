/** A filter for texts that contain another text, in capitals or not. Prisma takes % and _ for wildcards. */
export function containsText(text: string): { contains: string; mode: "insensitive" } {
  return { contains: text.replaceAll(/[\\%_]/g, String.raw`\$&`), mode: "insensitive" };
}
