import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";

/** The settings of a region on the built-in server: the address of its admin API. */
export const builtinSettingsSchema = z.strictObject({
  adminUrl: outboundUrl,
});

/** The credentials of a region on the built-in server, sealed in the region's row. */
export const builtinCredentialsSchema = z.strictObject({
  adminToken: z.string().min(20),
});
