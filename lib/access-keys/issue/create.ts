import "server-only";
import type { Change } from "@/lib/access-keys/issue/write-ahead";
import { endSuspension } from "@/lib/access-keys/repair/resume";
import type { Refusal } from "@/lib/access-keys/schema";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import type { Lease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import type { Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";

const SECRET_LENGTH = 40;

/** `mayExist`: whether the storage system may have the key all the same. */
export type Creation = { ok: true; secret: Secret } | { ok: false; reason: Refusal; mayExist: boolean };

/** Step 2. Makes the key on the storage system, and gives its secret. Asks for the lease before each write. */
export async function createKey(change: Change, lease: Lease): Promise<Creation> {
  // Set before each request after which the key may be there.
  const sent = { request: false };
  try {
    const secret = await putKey(openProvider(change.region), change, lease, sent);
    return secret ? { ok: true, secret } : { ok: false, reason: "superseded", mayExist: sent.request };
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    const { failure, message: detail } = error;
    logger.warn({ operationId: change.operationId, failure, detail }, "the key could not be created");
    // A storage system that could not be reached has nothing. Any other answer may come after the key was made.
    return { ok: false, reason: reasonOf(error), mayExist: sent.request && failure !== "unavailable" };
  }
}

/** Undefined when the lease has passed to another. */
async function putKey(
  provider: Provider,
  change: Change,
  lease: Lease,
  sent: { request: boolean },
): Promise<Secret | undefined> {
  const { externalId: principal, suspendedUntil } = change.principal;
  const { accessKeyId, keyId: tag } = change;
  const access = change.access === "READ_ONLY" ? "read-only" : "full";
  const notAfter = change.expiresAt ?? undefined;
  const secretAccessKey = new Secret(randomText(SECRET_LENGTH, ALPHANUMERIC));
  const context = lease.callContext(change.requestId);

  const prepare = async () => {
    if (!(await lease.isHeld())) return;
    await provider.ensurePrincipal(principal, principal, context);
    if (suspendedUntil) await endSuspension(provider, { externalId: principal, suspendedUntil }, lease, context);
  };
  const put = async () => {
    if (!(await lease.isHeld())) return undefined;
    sent.request = true;
    try {
      return await provider.putKey({ principal, accessKeyId, access, secretAccessKey, tag, notAfter }, context);
    } catch (error) {
      // A driver that asked for the lease just before its write and did not get it has made nothing.
      if (error instanceof ProviderError && error.failure === "unavailable" && !(await lease.isHeld()))
        return undefined;
      throw error;
    }
  };
  // Whoever has a current key has a principal there too, unless somebody removed it past the portal.
  if (change.kind === "ENABLE" || suspendedUntil) {
    await prepare();
    return put();
  }
  try {
    return await put();
  } catch (error) {
    if (!(error instanceof ProviderError) || error.failure !== "not-found") throw error;
    await prepare();
    return put();
  }
}

function reasonOf(error: ProviderError): Refusal {
  if (error.failure === "unavailable" || error.failure === "throttled") return "storage-unreachable";
  return error.mayHaveHappened ? "storage-failed" : "storage-refused";
}
