import { type AuditActor, recordEvent } from "@/lib/audit/record";
import type { Transaction } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { haveSameSecret, listRotationFields } from "@/lib/providers/registry";
import { openRotation } from "@/lib/regions/administration/read-rotation";
import type { RegionInput } from "@/lib/regions/schema";
import type { Region } from "@/prisma/generated/client";

const CLOSED = { sealedRotation: null, rotatingUntil: null, rotationError: null };

/**
 * Decides what becomes of an open rotation when its region is changed, and gives the fields to save. The caller has
 * locked the row `before`. The worker goes on with the rotation, in the changed region. Two changes close it: the former
 * credentials are given again, or the region gets another address or user. The portal does not send the former
 * credentials to another address. Throws CONFLICT unless the change is to go on `despiteRotation`.
 */
export async function keepRotation(
  tx: Transaction,
  by: AuditActor,
  before: Region,
  after: RegionInput,
  despiteRotation: boolean,
): Promise<Partial<typeof CLOSED>> {
  const { name } = before;
  if (!before.sealedRotation) return {};
  if (!despiteRotation) {
    const userMessage = `The region ${name} was not saved: ${explainOpen(name)}`;
    throw new AppError("CONFLICT", "a rotation of the credentials is open", { userMessage });
  }
  const event = decideEnd(before, after);
  // The process that is at work on the rotation finds another region, and stops. The worker goes on.
  if (!event) return { rotatingUntil: null };
  await recordEvent(tx, { event, outcome: "done", actor: by, data: { name } });
  return CLOSED;
}

/** Why a region is not changed while a rotation is open, as the rest of a sentence. */
export function explainOpen(name: string): string {
  return `a rotation of the credentials of ${name} is not finished. Try again in a minute, or give despiteRotation: then the rotation goes on in the changed region.`;
}

/** The event that closes the rotation. Undefined: it goes on. */
function decideEnd(
  before: Region,
  after: RegionInput,
): "region.rotation-given-up" | "region.rotation-undone" | undefined {
  const valueOf = (settings: unknown, name: string, preset: string | null) =>
    String((settings as Record<string, unknown>)[name] ?? preset);
  const isMoved = listRotationFields(before.provider).some(
    ({ name, default: preset }) => valueOf(before.settings, name, preset) !== valueOf(after.settings, name, preset),
  );
  if (isMoved) return "region.rotation-given-up";
  try {
    const { phase, secret } = openRotation(before);
    const isFormer = haveSameSecret(before.provider, new Secret(secret), after.credentials);
    return phase === "ending" && isFormer ? "region.rotation-undone" : undefined;
  } catch (error) {
    // No master key opens it, so nobody can go on.
    if (error instanceof ProviderError) return "region.rotation-given-up";
    throw error;
  }
}
