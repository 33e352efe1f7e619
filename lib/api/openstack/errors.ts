import type { Refusal } from "@/lib/access-keys/schema";
import { composeIdentityError } from "@/lib/api/openstack/identity-error";
import { IDENTITY_PATH } from "@/lib/api/paths";
import { PROBLEMS } from "@/lib/api/problems";
import {
  type ApiContext,
  codeOfRefusal,
  explainFramework,
  knownOf,
  nameOf,
  refuseBody,
  tellLimit,
} from "@/lib/api/replies";
import { RateLimitError } from "@/lib/gate/rate-limit";
import { auditRefusal, explainError } from "@/lib/gate/refusals";
import { nameUnavailable } from "@/lib/platform/db/unavailable";
import { env } from "@/lib/platform/env";

/** Answers an error, and audits it. */
export async function replyWithIdentityError(thrown: unknown, context: ApiContext) {
  const framework = explainFramework(thrown);
  const error = framework ? refuseBody(framework.why) : nameUnavailable(thrown);
  const { code, message, retryAfterSeconds } = await explainError(error, nameOf(context), knownOf(context));
  context.header("cache-control", "no-store");
  if (code === "UNAUTHENTICATED") context.header("www-authenticate", `Keystone uri="${identityUrl()}"`);
  if (error instanceof RateLimitError) tellLimit(context, error.standing);
  if (retryAfterSeconds) context.header("retry-after", String(retryAfterSeconds));
  const { status } = PROBLEMS[framework?.code ?? code];
  return context.json(composeIdentityError(status, message), status);
}

/** Answers a refusal by the rules, and audits it like a refusal of the gate. */
export async function replyWithIdentityRefusal(
  context: ApiContext,
  { reason, message }: { reason: Refusal; message: string },
) {
  await auditRefusal("action.refused", reason, nameOf(context), knownOf(context));
  const { status } = PROBLEMS[codeOfRefusal(reason)];
  const hint = reason === "reason-required" ? " OpenStack's client takes no reason: use the portal or the API." : "";
  return context.json(composeIdentityError(status, message + hint), status);
}

/** The address that people give to OpenStack's client. */
export const identityUrl = (): string => `${env.LATCHKEY_URL}${IDENTITY_PATH}/v3`;
