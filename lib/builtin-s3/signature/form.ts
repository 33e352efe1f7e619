import type { Secret } from "@/lib/platform/secret";
import { ALGORITHM, deriveSigningKey, hmac, parseAmzDate, parseCredential, signaturesEqual } from "./credential";
import { refuse, SKEW_MS, UNSUPPORTED, type Verification, type VerifyContext } from "./verify";

const MALFORMED = "The fields of the form's signature are malformed.";

/**
 * Verifies the signature of a form (POST policy), which is the signature of the policy field's text. `fields` are by
 * lower-case name. Does not check the form's expiry: the policy has it.
 */
export function verifyForm<K extends { secret: Secret }>(
  fields: ReadonlyMap<string, string>,
  context: VerifyContext<K>,
): Verification<K> {
  const policy = fields.get("policy");
  if (policy === undefined) return refuse("AccessDenied");
  if (fields.has("signature") || fields.has("awsaccesskeyid")) return refuse("InvalidRequest", UNSUPPORTED);
  for (const name of ["x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"]) {
    if (!fields.has(name))
      return refuse(
        "InvalidArgument",
        `Bucket POST must contain a field named '${name}'. If it is specified, please check the order of the fields.`,
        { ArgumentName: name },
      );
  }
  const credential = parseCredential(fields.get("x-amz-credential") ?? "");
  const amzDate = fields.get("x-amz-date") ?? "";
  const time = parseAmzDate(amzDate);
  if (fields.get("x-amz-algorithm") !== ALGORITHM || !credential || time === undefined)
    return refuse("InvalidArgument", MALFORMED);
  const key = context.findKey(credential.accessKeyId);
  if (!key) return refuse("InvalidAccessKeyId");
  if (!amzDate.startsWith(credential.date)) return refuse("InvalidArgument", MALFORMED);
  if (credential.service !== "s3" || credential.region !== context.signingRegion) {
    return refuse("InvalidArgument", `The credential scope is wrong; expecting ${context.signingRegion}/s3`, {
      Region: context.signingRegion,
    });
  }
  if (time - context.now > SKEW_MS) return refuse("AccessDenied", "Request is not yet valid");
  const signingKey = deriveSigningKey(key.secret, credential);
  const signature = hmac(signingKey, policy).toString("hex");
  if (!signaturesEqual(signature, fields.get("x-amz-signature") ?? "")) return refuse("SignatureDoesNotMatch");
  if (fields.has("x-amz-security-token")) return refuse("InvalidToken");
  return {
    ok: true,
    key,
    payload: { kind: "unsigned" },
    presigned: false,
    seed: { signature, signingKey, amzDate, scope: credential.scope },
  };
}
