import "server-only";
import type { AdjustmentPlan } from "@/lib/access-keys/lifecycle/rules";
import type { SlotKey } from "@/lib/access-keys/data";
import type { Lease } from "@/lib/principals/mutations";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, KeyRef, KeyState, Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import type { Principal, Region } from "@/prisma/generated/client";

interface Target {
  plan: AdjustmentPlan;
  key: Pick<SlotKey, "accessKeyId">;
  principal: Principal;
  region: Region;
}

/**
 * Does on the storage system what a plan says, under the lease, and reads back that the key is switched. May be called
 * again. A key that works again gets its later date first. Throws ProviderError.
 */
export async function applyPlan({ plan, key, principal, region }: Target, lease: Lease, requestId: string) {
  const provider = openProvider(region);
  const context = lease.callContext(requestId);
  const ref = { principal: principal.externalId, accessKeyId: key.accessKeyId };
  if (plan.expiresAt !== undefined && provider.setKeyExpiry) {
    await assertHeld(lease);
    await provider.setKeyExpiry(ref, plan.expiresAt ?? undefined, context);
  }
  if (plan.switchTo) {
    await assertHeld(lease);
    const switched = switchKey(provider, ref, plan.switchTo, context);
    // The date is set already, so a failure of the switch does not mean that nothing was changed.
    await (plan.expiresAt === undefined ? switched : switched.catch(rethrowAsAmbiguous));
  }
}

/** Switches a key off or on. Resolves when the storage system lists the key with that state. Throws ProviderError. */
export async function switchKey(provider: Provider, ref: KeyRef, state: KeyState, context: CallContext): Promise<void> {
  if (!provider.setKeyState) throw new ProviderError("invalid", "the storage system cannot switch a single key");
  await provider.setKeyState(ref, state, context);
  // The key is switched. A listing that fails takes nothing back.
  const views = await provider.listKeys(ref.principal, context).catch(rethrowAsAmbiguous);
  const view = views.find(({ accessKeyId }) => accessKeyId === ref.accessKeyId);
  if (view?.state !== state) throw new ProviderError("ambiguous", `the key is not listed as ${state} after the switch`);
}

function rethrowAsAmbiguous(error: unknown): never {
  if (error instanceof ProviderError && !error.mayHaveHappened) throw new ProviderError("ambiguous", error.message);
  throw error;
}

async function assertHeld(lease: Lease): Promise<void> {
  // Nothing is known of what this change did: whoever carries it out finds out.
  if (!(await lease.isHeld())) throw new ProviderError("ambiguous", "the lease has passed to another");
}
