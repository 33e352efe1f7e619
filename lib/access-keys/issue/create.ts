import "server-only";
import { endSuspension } from "@/lib/access-keys/repair/resume";
import type { WrittenAhead } from "@/lib/access-keys/issue/write-ahead";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { holdsLease, holdsNewLease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Provider } from "@/lib/providers/provider";

const SECRET_LENGTH = 40;

/**
 * Makes the key of a change on the storage system and gives its secret, or undefined when the lease has passed to
 * another. `onAsk` is called before every request after which the key may be there.
 */
export async function putPair(
  provider: Provider,
  change: WrittenAhead,
  given: CallContext,
  onAsk: () => void,
): Promise<Secret | undefined> {
  const secretAccessKey = new Secret(randomText(SECRET_LENGTH, ALPHANUMERIC));
  const { externalId: principal, suspendedUntil } = change.principal;
  const context: CallContext = { ...given, mayWrite: () => holdsLease(change.lease) };
  const ask = async (holds: typeof holdsLease) => {
    if (!(await holds(change.lease))) return undefined;
    onAsk();
    return provider.putKey({ principal, accessKeyId: change.accessKeyId, secretAccessKey, tag: change.keyId }, context);
  };
  // A driver that was told so in between has made nothing.
  const put = (holds = holdsLease) =>
    ask(holds).catch(async (error: unknown) => {
      const lost =
        error instanceof ProviderError && error.failure === "unavailable" && !(await holdsLease(change.lease));
      if (lost) return undefined;
      throw error;
    });
  const prepareAndPut = async () => {
    if (!(await holdsLease(change.lease))) return undefined;
    await provider.ensurePrincipal(principal, principal, given);
    if (suspendedUntil) await endSuspension(provider, { externalId: principal, suspendedUntil }, change.lease, context);
    return put();
  };
  // Whoever has a current key has a principal there too, unless somebody removed it past the portal.
  if (change.kind === "ENABLE" || suspendedUntil) return prepareAndPut();
  try {
    return await put(holdsNewLease);
  } catch (error) {
    if (error instanceof ProviderError && error.failure === "not-found") return prepareAndPut();
    throw error;
  }
}
