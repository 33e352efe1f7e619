import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";
import type { FieldText } from "@/lib/providers/fields";

/** Stands for the id of a store that is not known yet: the next check takes the id that it finds. */
export const ANY_STORE = "any";

/** The settings of a region on the built-in server. */
export const builtinSettingsSchema = z.strictObject({
  adminUrl: outboundUrl.meta({
    title: "Admin address",
    description: "The address of the server's admin API, such as http://127.0.0.1:9100.",
    kind: "url",
    receivesSecret: true,
  } satisfies FieldText),
  /** The id of the store in which its keys were made. The check finds out the id. */
  store: z.string().optional(),
});

/** The credentials of a region on the built-in server, sealed in the region's row. */
export const builtinCredentialsSchema = z.strictObject({
  adminToken: z
    .string()
    .min(20)
    .meta({
      title: "Admin token",
      description: "The value of LATCHKEY_S3_ADMIN_TOKEN where the server runs.",
      kind: "secret",
    } satisfies FieldText),
});
