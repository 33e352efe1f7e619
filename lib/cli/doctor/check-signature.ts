import { Hash } from "@smithy/core/serde";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import { describeError, failed, type Finding, ok, warning } from "@/lib/cli/doctor/finding";
import { send } from "@/lib/cli/doctor/send";

export interface Signing {
  endpoint: URL;
  signingRegion: string;
  accessKeyId: string;
  secretAccessKey: string;
}

const CHECK = "signature";
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Asks for the list of buckets, signed with the key, and tells what the answer says of the key. */
export async function checkSignature(signing: Signing, now: () => Date): Promise<Finding> {
  const url = new URL("/", signing.endpoint);
  try {
    const headers = await sign(url, signing, now());
    const { status, text } = await send(url, headers, now);
    return evaluateAnswer(status, text, signing);
  } catch (error) {
    return failed(CHECK, `${url.origin} does not answer a signed request: ${describeError(error)}`);
  }
}

function evaluateAnswer(status: number, text: string, { accessKeyId, signingRegion }: Signing): Finding {
  if (status === 200 && /<ListAllMyBucketsResult[\s>]/.test(text))
    return ok(CHECK, `The storage system takes the key ${accessKeyId}, signed for the region ${signingRegion}.`);
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? "no code";
  const meant = /<Region>([\w-]{1,64})<\/Region>/.exec(text)?.[1];
  switch (code) {
    case "InvalidAccessKeyId":
      return failed(
        CHECK,
        `${code}: the storage system does not know the key ${accessKeyId}, or it is switched off. Look with latchkey keys list.`,
      );
    case "SignatureDoesNotMatch":
      return failed(
        CHECK,
        `${code}: the secret does not belong to the key ${accessKeyId}, or a proxy changes the requests. For a new one: latchkey keys regenerate`,
      );
    case "AuthorizationHeaderMalformed":
      return failed(
        CHECK,
        `${code}: the request was signed for the region ${signingRegion}${meant === undefined ? "" : `, and ${meant} is expected`}. Correct the region of the client.`,
      );
    case "RequestTimeTooSkewed":
      return failed(CHECK, `${code}: the clock of this machine is wrong. Set it, best with NTP.`);
    case "AccessDenied":
      return warning(
        CHECK,
        `${code}: the storage system knows the key ${accessKeyId} and refuses the list of buckets. The key may do less, or a policy forbids it.`,
      );
    case "UserSuspended":
    case "AccountProblem":
      return failed(CHECK, `${code}: the storage system has stopped every key of the project. Ask the operator.`);
    default:
      return failed(CHECK, `The storage system answers ${status} (${code}) to a signed request. Ask its operator.`);
  }
}

async function sign(url: URL, { signingRegion, accessKeyId, secretAccessKey }: Signing, signingDate: Date) {
  const signer = new SignatureV4({
    service: "s3",
    region: signingRegion,
    sha256: Hash.bind(null, "sha256"),
    credentials: { accessKeyId, secretAccessKey },
    uriEscapePath: false,
  });
  const headers = { host: url.host, "x-amz-content-sha256": EMPTY_SHA256 };
  const request = new HttpRequest({
    method: "GET",
    protocol: url.protocol,
    hostname: url.hostname,
    path: "/",
    headers,
  });
  const { host: _host, ...signed } = (await signer.sign(request, { signingDate })).headers;
  return signed;
}
