import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";

/** Where the built-in server's admin API of a region answers. */
export const builtinSettingsSchema = z.strictObject({
  adminUrl: outboundUrl,
});

/** Sealed in the region's row. */
export const builtinCredentialsSchema = z.strictObject({
  adminToken: z.string().min(20),
});
