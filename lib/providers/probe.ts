import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Gateway, ProbeAnswer } from "@/lib/providers/provider";

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
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
  const signer = new SignatureV4({
    service: "s3",
    region: signingRegion,
    sha256: Sha256,
    credentials: { accessKeyId, secretAccessKey: secretAccessKey.reveal() },
    uriEscapePath: false,
  });
  const signed = await signer.sign(
    new HttpRequest({
      method: "GET",
      protocol: url.protocol,
      hostname: url.hostname,
      path: "/",
      headers: { host: url.host, "x-amz-content-sha256": EMPTY_SHA256 },
    }),
  );
  const response = await fetch(new URL("/", url), {
    headers: withoutHost(signed.headers),
    redirect: "manual",
    signal: context.signal,
  }).catch(() => {
    throw new ProviderError("unavailable", `gateway ${gateway.name} did not answer`);
  });
  const body = await readBounded(response);
  return readAnswer(response.status, body, gateway);
}

function readAnswer(status: number, body: string, gateway: Gateway): ProbeAnswer {
  if (status === 200 && body.includes("ListAllMyBucketsResult")) return "accepted";
  if (status === 403 || status === 401) {
    if (body.includes("<Code>InvalidAccessKeyId</Code>")) return "refused-unknown";
    if (body.includes("<Code>SignatureDoesNotMatch</Code>")) return "refused-secret";
    if (body.includes("<Code>AccessDenied</Code>")) return "accepted";
    return "refused";
  }
  throw new ProviderError("unavailable", `gateway ${gateway.name} answered ${status} to a probe`, { status });
}

// fetch sets Host itself, from the URL that the signature was made for.
function withoutHost(headers: Record<string, string>): Record<string, string> {
  const { host: _host, ...rest } = headers;
  return rest;
}

async function readBounded(response: Response): Promise<string> {
  if (!response.body) return "";
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of response.body) {
    parts.push(Buffer.from(part));
    bytes += part.byteLength;
    if (bytes > ANSWER_MAX_BYTES) break;
  }
  return Buffer.concat(parts).toString("utf8");
}
