import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { acceptsKey, refusesKey } from "@/lib/providers/probe-answers";
import type { CallContext, Gateway, KeyRef, ProbeAnswer, Provider } from "@/lib/providers/provider";
import { gatewayStep, runStep } from "@/lib/providers/steps";

/**
 * How the refusal of a removed key can be measured at a gateway.
 * - `random-secret`: the gateway answers differently to a wrong secret and to an unknown id. The id and any secret are
 *   enough.
 * - `real-secret`: the gateway gives the same answer to both. Only a request with the real secret can tell, so the
 *   secret is read from the storage system just before the removal.
 * - `none`: the gateway gives the same answer to both, and the storage system does not give out the secret.
 */
const measurementSchema = z.enum(["random-secret", "real-secret", "none"]);

/** The measurement of each gateway, by its endpoint. */
export const calibrationSchema = z.record(z.string(), measurementSchema);

export type Measurement = z.infer<typeof measurementSchema>;
export type Calibration = z.infer<typeof calibrationSchema>;

const MEASURED: Record<Measurement, string> = {
  "random-secret": "refuses a removed key with an answer of its own: a removal can be measured there",
  "real-secret": "gives a removed key no answer of its own: a removal is measured with the key's secret",
  none: "gives a removed key no answer of its own: a removal cannot be measured there",
};
const KEY_STEP = {
  step: "key",
  passed: "a throwaway key is made",
  remedy: "look for the cause in the log of the storage system",
} as const;

const LIVE_WITHIN_MS = 6_000;
const GONE_WITHIN_MS = 2_000;
const REMOVED_WITHIN_MS = 8_000;
const PAUSE_MS = 50;

/**
 * Finds out with a throwaway key how each gateway answers to a live key, to a wrong secret and to a removed key. Keys
 * of interrupted calibrations are removed first. Throws `ProviderError`: `invalid` for a gateway that accepts any
 * secret, or does not accept the key and so belongs to another storage system. `whileLive` may use the key before it is
 * removed.
 */
export async function calibrate(
  provider: Provider,
  throwaway: KeyRef,
  context: CallContext,
  whileLive: (secret: Secret) => Promise<void> = async () => undefined,
): Promise<Calibration> {
  const { principal, accessKeyId } = throwaway;
  const gateways = provider.gateways();
  const gone = {
    step: "key",
    passed: "the throwaway key is removed",
    remedy: `remove the key ${accessKeyId} of ${principal} on the storage system`,
  } as const;
  await runStep(context, { ...KEY_STEP, passed: `the user ${principal} is there for throwaway keys` }, async () => {
    await provider.ensurePrincipal(principal, "Latchkey calibration", context);
    await removeThrowawayKeys(provider, principal, context);
  });
  let answers: Map<Gateway, ProbeAnswer>;
  try {
    const spec = { ...throwaway, secretAccessKey: createSecret(), tag: "calibration", access: "full" as const };
    const secret = await runStep(context, KEY_STEP, () => provider.putKey(spec, context));
    await Promise.all(
      gateways.map((gateway) =>
        runStep(context, { ...gatewayStep(gateway), passed: `${gateway.name} accepts the throwaway key` }, () =>
          expectLive(provider, gateway, accessKeyId, secret, context),
        ),
      ),
    );
    answers = new Map(
      await Promise.all(
        gateways.map(
          async (gateway) => [gateway, await provider.probe(gateway, accessKeyId, createSecret(), context)] as const,
        ),
      ),
    );
    // If somebody removed the key meanwhile, the answers above were those to a removed key.
    await Promise.all(gateways.map((gateway) => expectLive(provider, gateway, accessKeyId, secret, context)));
    await whileLive(secret);
  } finally {
    await runStep(context, gone, () => removeThrowaway(provider, throwaway, context.requestId));
  }
  const found = await Promise.all(
    [...answers].map(async ([gateway, toWrongSecret]): Promise<[string, Measurement]> => {
      const step = { ...gatewayStep(gateway), passed: (by: Measurement) => `${gateway.name} ${MEASURED[by]}` };
      const measurement = await runStep(context, step, async () => {
        if (acceptsKey(toWrongSecret)) throw new ProviderError("invalid", `${gateway.name} accepts any secret`);
        const tellsApart =
          toWrongSecret === "refused-secret" && (await tellsRemovedKey(provider, gateway, accessKeyId, context));
        return tellsApart ? "random-secret" : provider.readSecret ? "real-secret" : "none";
      });
      return [gateway.endpoint, measurement];
    }),
  );
  return Object.fromEntries(found);
}

/** Removes all keys of a principal that exists for calibrations only: interrupted ones leave keys behind. */
export async function removeThrowawayKeys(provider: Provider, principal: string, context: CallContext): Promise<void> {
  for (const { accessKeyId } of await provider.listKeys(principal, context)) {
    await provider.removeKey({ principal, accessKeyId }, context);
  }
}

/** Has a time limit of its own, so that the key is removed also when the caller's time is over. */
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

/**
 * Whether the gateway's answer to a removed key differs from its answer to a wrong secret. A gateway that is slow to
 * learn of the removal answers `refused-secret` for a while: it tells the two apart, so that counts as yes.
 */
async function tellsRemovedKey(
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
