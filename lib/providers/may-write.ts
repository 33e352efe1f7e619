import { ProviderError } from "@/lib/providers/errors";
import type { CallContext } from "@/lib/providers/provider";

/** Throws `unavailable`, before a key was asked for, when the caller may not write any more. */
export async function assertMayWrite(context: CallContext): Promise<void> {
  if ((await context.mayWrite?.()) === false)
    throw new ProviderError("unavailable", "nothing was written: somebody else may write by now");
}
