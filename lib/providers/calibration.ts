import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { refusesKey, acceptsKey } from "@/lib/providers/probe-answers";
import type { CallContext, Gateway, KeyRef, ProbeAnswer, Provider } from "@/lib/providers/provider";

/**
 * How the end of a key can be measured at a gateway.
 * - `random-secret`: it tells a wrong secret from an unknown id, so the id and any secret are enough
 * - `real-secret`: it answers alike to both, so only the pair itself tells; it is read just before the removal
 * - `none`: it answers alike, and the storage system does not give the secret
 */
const measurementSchema = z.enum(["random-secret", "real-secret", "none"]);

/** By the gateway's endpoint. */
export const calibrationSchema = z.record(z.string(), measurementSchema);

export type Measurement = z.infer<typeof measurementSchema>;
export type Calibration = z.infer<typeof calibrationSchema>;

const LIVE_WITHIN_MS = 6_000;
const GONE_WITHIN_MS = 2_000;
const REMOVED_WITHIN_MS = 8_000;
const PAUSE_MS = 50;

/**
 * Finds out with a throwaway key how each gateway answers to a live pair, a wrong secret and a removed key. Keys that
 * an interrupted calibration left behind are removed first. Throws `ProviderError`: `invalid` for a gateway that does
 * not accept the key, which then belongs to another storage system, or accepts any secret.
 */
export async function calibrate(provider: Provider, throwaway: KeyRef, context: CallContext): Promise<Calibration> {
  const { principal, accessKeyId } = throwaway;
  const gateways = provider.gateways();
  await provider.ensurePrincipal(principal, "Latchkey calibration", context);
  await removeThrowawayKeys(provider, principal, context);
  let answers: Map<Gateway, ProbeAnswer>;
  try {
    const spec = { ...throwaway, secretAccessKey: createSecret(), tag: "calibration" };
    const secret = await provider.putKey(spec, context);
    await Promise.all(gateways.map((gateway) => expectLive(provider, gateway, accessKeyId, secret, context)));
    answers = new Map(
      await Promise.all(
        gateways.map(
          async (gateway) => [gateway, await provider.probe(gateway, accessKeyId, createSecret(), context)] as const,
        ),
      ),
    );
    // Had it vanished meanwhile, the answers would be those to a key that is gone.
    await Promise.all(gateways.map((gateway) => expectLive(provider, gateway, accessKeyId, secret, context)));
  } finally {
    await removeThrowaway(provider, throwaway, context.requestId);
  }
  const found = await Promise.all(
    [...answers].map(async ([gateway, toWrongSecret]): Promise<[string, Measurement]> => {
      if (acceptsKey(toWrongSecret)) throw new ProviderError("invalid", `${gateway.name} accepts any secret`);
      const tells = toWrongSecret === "refused-secret" && (await tellsRemoved(provider, gateway, accessKeyId, context));
      return [gateway.endpoint, tells ? "random-secret" : provider.readSecret ? "real-secret" : "none"];
    }),
  );
  return Object.fromEntries(found);
}

/** Removes what interrupted calibrations left of a principal that is there for nothing else. */
export async function removeThrowawayKeys(provider: Provider, principal: string, context: CallContext): Promise<void> {
  for (const { accessKeyId } of await provider.listKeys(principal, context)) {
    await provider.removeKey({ principal, accessKeyId }, context);
  }
}

/** Whatever became of the caller's time. */
async function removeThrowaway(provider: Provider, throwaway: KeyRef, requestId: string): Promise<void> {
  await provider
    .removeKey(throwaway, { signal: AbortSignal.timeout(REMOVED_WITHIN_MS), requestId })
    .catch((error: unknown) => {
      const why = error instanceof ProviderError ? error.message : "it failed";
      throw new ProviderError(
        "ambiguous",
        `the throwaway key ${throwaway.accessKeyId} of ${throwaway.principal} could not be removed: ${why}`,
      );
    });
}

async function expectLive(
  provider: Provider,
  gateway: Gateway,
  accessKeyId: string,
  secret: Secret,
  context: CallContext,
): Promise<void> {
  const until = Date.now() + LIVE_WITHIN_MS;
  while (!acceptsKey(await provider.probe(gateway, accessKeyId, secret, context))) {
    if (Date.now() >= until)
      throw new ProviderError("invalid", `${gateway.name} does not accept a key that was made just now`);
    await pause(PAUSE_MS);
  }
}

/** A gateway that is merely slow to forget still answers as to a wrong secret: that is an answer that tells. */
async function tellsRemoved(
  provider: Provider,
  gateway: Gateway,
  accessKeyId: string,
  context: CallContext,
): Promise<boolean> {
  const until = Date.now() + GONE_WITHIN_MS;
  for (;;) {
    const answer = await provider.probe(gateway, accessKeyId, createSecret(), context);
    if (refusesKey(answer)) return true;
    if (answer !== "refused-secret") return false;
    if (Date.now() >= until) return true;
    await pause(PAUSE_MS);
  }
}

const createSecret = (): Secret => new Secret(randomText(40, ALPHANUMERIC));
