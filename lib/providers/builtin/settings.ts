import { z } from "zod";

/** Where the built-in server's admin API of a region answers. */
export const builtinSettingsSchema = z.strictObject({
  adminUrl: z.url({ protocol: /^https?$/ }),
});

/** Sealed in the region's row. */
export const builtinCredentialsSchema = z.strictObject({
  adminToken: z.string().min(20),
});
