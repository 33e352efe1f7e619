import { sendOutbound } from "@/lib/platform/outbound";
import { OutboundError } from "@/lib/platform/outbound-error";
import type { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Gateway, ProbeAnswer } from "@/lib/providers/provider";
import { signRequest } from "@/lib/providers/sign-request";

const ANSWER_MAX_BYTES = 16_384;

/**
 * Asks a gateway for the list of buckets, signed with the pair (SigV4, service `s3`). Listing changes nothing and
 * every S3 product has it. Throws `unavailable` when the gateway gives no answer that tells.
 */
export async function probeS3(
  gateway: Gateway,
  signingRegion: string,
  accessKeyId: string,
  secretAccessKey: Secret,
  context: CallContext,
): Promise<ProbeAnswer> {
  const url = new URL(gateway.endpoint);
  const request = {
    method: "GET" as const,
    headers: await signRequest({ signingRegion, accessKeyId, secretAccessKey }, { method: "GET", base: url, path: "/" }),
    signal: context.signal,
    maxBytes: ANSWER_MAX_BYTES,
    beyond: "cut" as const,
  };
  const { status, text } = await sendOutbound(new URL("/", url), request).catch((error: unknown) => {
    const why = error instanceof OutboundError ? `: ${error.message}` : "";
    throw new ProviderError("unavailable", `${gateway.name} at ${gateway.endpoint} did not answer${why}`);
  });
  return readAnswer(status, text, gateway);
}

/** What speaks of the pair or its owner. Any other refusal (a clock, a firewall, a balancer) tells nothing of either. */
const ANSWERS: Record<string, ProbeAnswer> = {
  InvalidAccessKeyId: "refused-unknown",
  SignatureDoesNotMatch: "refused-secret",
  AccessDenied: "denied",
  UserSuspended: "refused",
  AccountProblem: "refused",
};

function readAnswer(status: number, body: string, gateway: Gateway): ProbeAnswer {
  if (status === 200 && body.includes("ListAllMyBucketsResult")) return "accepted";
  const code = status === 403 || status === 401 ? /<Code>(\w+)<\/Code>/.exec(body)?.[1] : undefined;
  const answer = code === undefined || !Object.hasOwn(ANSWERS, code) ? undefined : ANSWERS[code];
  if (answer) return answer;
  throw new ProviderError("unavailable", `${gateway.name} at ${gateway.endpoint} answered ${status} to a probe`, { status });
}
