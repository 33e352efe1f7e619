import type { ZodType } from "zod";

/** Loads a schema with `import()`, so that zod is not part of a page's first load. */
export type LoadSchema<Input, Output> = () => Promise<ZodType<Output, Input>>;

/** Loads a schema, and before that what zod needs in a browser. */
export async function loadConfigured<Schema>(load: () => Promise<Schema>): Promise<Schema> {
  await import("@/components/ui/zod-config");
  return load();
}

export const NOT_LOADED = "The form could not be checked, so nothing was sent. Reload the page and try again.";
