import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";

/** Stands for the id of a store that is not known yet: the next check takes the id that it finds. */
export const ANY_STORE = "any";

/**
 * The settings of a region on the built-in server: the address of its admin API, and the id of the store in which its
 * keys were made. The check finds out the id.
 */
export const builtinSettingsSchema = z.strictObject({
  adminUrl: outboundUrl,
  store: z.string().optional(),
});

/** The credentials of a region on the built-in server, sealed in the region's row. */
export const builtinCredentialsSchema = z.strictObject({
  adminToken: z.string().min(20),
});
