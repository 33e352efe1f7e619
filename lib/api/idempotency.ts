import { z } from "@hono/zod-openapi";
import { AppError } from "@/lib/platform/errors";

/** A structured string is in quotes (RFC 8941). Many clients send the bare value. */
const FORM = /^("?)([0-9a-fA-F-]{36})\1$/;

/** The headers of a change: draft-ietf-httpapi-idempotency-key-header. */
export const changeHeadersSchema = z.object({
  "idempotency-key": z
    .string()
    .regex(FORM, "Use a UUID")
    .transform((text) => FORM.exec(text)?.[2] ?? "")
    .pipe(z.uuid("Use a UUID"))
    .optional()
    .openapi({
      type: "string",
      format: "uuid",
      description: "The request id, in place of the field requestId. A new UUID for each intention.",
    }),
});

/** The request id of a change, which the header or the body may give. Throws BAD_INPUT for none, and for two. */
export function readRequestId(header: string | undefined, field: string | undefined): string {
  if (header && field && header.toLowerCase() !== field.toLowerCase())
    throw refuse("The header Idempotency-Key and the field requestId differ");
  const requestId = field ?? header;
  if (!requestId) throw refuse("Send a requestId, or the header Idempotency-Key");
  return requestId;
}

function refuse(why: string): AppError {
  return new AppError("BAD_INPUT", why, { userMessage: `${why}. Nothing was changed.` });
}
