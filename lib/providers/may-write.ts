import { ProviderError } from "@/lib/providers/errors";
import type { CallContext } from "@/lib/providers/provider";

/**
 * The fence of a write: asks whether the caller still holds its lease, just before the write. Throws `unavailable` when
 * it does not; nothing was written then. Passes where the caller gave no such question.
 */
export async function assertMayWrite(context: CallContext): Promise<void> {
  if ((await context.mayWrite?.()) === false)
    throw new ProviderError("unavailable", "nothing was written: somebody else may write by now");
}
