import "server-only";
import { randomUUID } from "node:crypto";
import { headers } from "next/headers";
import { createSafeActionClient } from "next-safe-action";
import { z } from "zod";
import { assertOwnOrigin, EVENTS } from "@/lib/gate/action";
import { consumeRateLimit, STRANGERS_NETWORK } from "@/lib/gate/rate-limit";
import { explainError, type GateError } from "@/lib/gate/refusals";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { networkOf } from "@/lib/platform/net/client-network";

const metadataSchema = z.strictObject({
  /** The name that people and the audit log use. */
  name: z.string(),
  /** The audit event that its mutation records. Left out: it changes nothing. */
  event: z.enum(EVENTS).optional(),
});

/**
 * The gate of the few actions for people who cannot sign in yet, in this order: request id, origin, limit of the network,
 * input. What such an action may do is proved by a secret in its input.
 */
export const strangerClient = createSafeActionClient({
  defineMetadataSchema: () => metadataSchema,
  defaultValidationErrorsShape: "flattened",
  async handleServerError(error, { metadata, ctx }): Promise<GateError> {
    const known = ctx as { requestId?: string; address?: string } | undefined;
    const request = { method: "POST", path: "/set-up", address: known?.address };
    return explainError(error, metadata?.name ?? "unnamed action", { ...known, request });
  },
})
  .use(async ({ next }) => {
    const address = (await headers()).get(CLIENT_ADDRESS_HEADER) ?? undefined;
    return next({ ctx: { requestId: randomUUID(), address } });
  })
  .use(async ({ next }) => {
    await assertOwnOrigin();
    return next();
  })
  .use(async ({ next, ctx }) => {
    await consumeRateLimit("strangers-network", STRANGERS_NETWORK, networkOf(ctx.address ?? "unknown"));
    return next();
  });
