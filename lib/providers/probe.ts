import { randomUUID } from "node:crypto";
import { sendOutbound } from "@/lib/platform/net/outbound";
import { OutboundError } from "@/lib/platform/net/outbound-error";
import type { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Gateway, ProbeAnswer } from "@/lib/providers/provider";
import { signRequest } from "@/lib/providers/sign-request";

const ANSWER_MAX_BYTES = 16_384;

/** The name of a bucket that nobody has: it is random, and new in every process. */
const NO_BUCKET = `lk-${randomUUID()}`;
const PATH = `/${NO_BUCKET}`;
const QUERY = { location: "" };

/**
 * Finds out whether a gateway accepts a key. Asks for the location of a bucket that does not exist, signed with the key
 * (SigV4, service `s3`). A gateway checks the key first, and the request changes nothing. The load does not grow with
 * the owner's buckets, as it would with a list of them. Throws `unavailable` when the answer says nothing of the key.
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
    headers: await signRequest(
      { signingRegion, accessKeyId, secretAccessKey },
      { method: "GET", base: url, path: PATH, query: QUERY },
    ),
    signal: context.signal,
    maxBytes: ANSWER_MAX_BYTES,
    beyond: "cut" as const,
  };
  const { status, text } = await sendOutbound(new URL(`${PATH}?location`, url), request).catch((error: unknown) => {
    const why = error instanceof OutboundError ? `: ${error.message}` : "";
    throw new ProviderError("unavailable", `${gateway.name} at ${gateway.endpoint} did not answer${why}`);
  });
  return readAnswer(status, text, gateway);
}

/** The refusals that are about the key or its owner. Any other (a clock, a firewall, a load balancer) is not. */
const REFUSALS: Record<string, ProbeAnswer> = {
  InvalidAccessKeyId: "refused-unknown",
  SignatureDoesNotMatch: "refused-secret",
  AccessDenied: "denied",
  UserSuspended: "refused",
  AccountProblem: "refused",
};

function readAnswer(status: number, body: string, gateway: Gateway): ProbeAnswer {
  const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1];
  if (status === 404 && code === "NoSuchBucket") return "accepted";
  const refused = (status === 403 || status === 401) && code !== undefined && Object.hasOwn(REFUSALS, code);
  const answer = refused ? REFUSALS[code] : undefined;
  if (answer) return answer;
  throw new ProviderError("unavailable", `${gateway.name} at ${gateway.endpoint} answered ${status} to a probe`, {
    status,
  });
}
