/**
 * Joins class names and leaves out what is empty. Two classes for the same property must not meet here: the order of the
 * style sheet, not of the arguments, would decide between them.
 */
export function cn(...classes: (string | false | undefined)[]): string {
  return classes.filter(Boolean).join(" ");
}
