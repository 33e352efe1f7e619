import { randomUUID } from "node:crypto";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import type { CallContext, Capabilities, Findings, Provider, PutKeySpec } from "@/lib/providers/provider";

/** What differs between storage systems. The test of a driver states it, and the suite checks that it is true. */
export interface Traits extends Pick<
  Capabilities,
  "choosesSecret" | "deactivate" | "expiry" | "readOnly" | "suspends"
> {
  /** Whether the driver can read the secret of a key. */
  readsSecrets: boolean;
  /** Whether the driver can read the quota of a principal. */
  readsQuota: boolean;
  /** Whether gateways store an upload with a trailing checksum as it was sent. */
  takesTrailers: boolean;
  /** Whether gateways give the same answer to a wrong secret and to an unknown id. */
  hasIndistinctGateways: boolean;
}

/** A driver under test, and what the suite needs beside it. */
export interface Candidate {
  provider: Provider;
  /** The same region with an admin credential that is refused. */
  withWrongCredential: Provider;
  /** The same region at an address where nobody listens. */
  unreachable: Provider;
  /** Reads the principal's access key ids without our driver, as an independent check. */
  readKeyIds: (principal: string) => Promise<string[]>;
  /** Reads the principal's subusers without our driver, where keys have some. */
  readSubusers?: (principal: string) => Promise<string[]>;
  /** The region name in the signatures of S3 requests. */
  signingRegion: string;
  /** What the check must find out about this version of the product. */
  findings: Findings;
  stop: () => Promise<void>;
}

export const context = (): CallContext => ({ signal: AbortSignal.timeout(20_000), requestId: randomUUID() });
export const newSecret = () => new Secret(randomText(40, ALPHANUMERIC));
export const newPrincipal = () => `lk-${randomUUID()}`;
export const newSpec = (principal: string): PutKeySpec => ({
  principal,
  accessKeyId: composeAccessKeyId("TST", randomText),
  secretAccessKey: newSecret(),
  tag: randomUUID(),
  access: "full",
});
