import { Hash } from "@smithy/core/serde";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Secret } from "@/lib/platform/secret";

/** The key that signs a request, and the region that the signature is for. */
export interface SigningCredentials {
  signingRegion: string;
  accessKeyId: string;
  secretAccessKey: Secret;
}

interface UnsignedRequest {
  method: "GET" | "PUT" | "POST" | "DELETE";
  /** The address of the server; its path is ignored. */
  base: URL;
  path: string;
  query?: Record<string, string>;
  /** Further headers, which are signed too. Without `x-amz-content-sha256` the request is signed as one without a body. */
  headers?: Record<string, string>;
}

const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The headers, except Host, of a request, signed with SigV4 for the service `s3`. */
export async function signRequest(
  credentials: SigningCredentials,
  { method, base, path, query = {}, headers: more = {} }: UnsignedRequest,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service: "s3",
    region: credentials.signingRegion,
    sha256: Hash.bind(null, "sha256"),
    credentials: { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey.reveal() },
    uriEscapePath: false,
  });
  const headers = { host: base.host, "x-amz-content-sha256": EMPTY_SHA256, ...more };
  const request = new HttpRequest({ method, protocol: base.protocol, hostname: base.hostname, path, query, headers });
  const { host: _host, ...signed } = (await signer.sign(request)).headers;
  return signed;
}
