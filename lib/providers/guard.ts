import type { Logger } from "@/lib/platform/logger";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Provider } from "@/lib/providers/provider";

/** The longest time that a call to a storage system may take, but for those below. Milliseconds. */
export const CALL_DEADLINE_MS = 8_000;

/** What reads every bucket of a principal takes longer: radosgw reads the index of each. Milliseconds. */
const LONG_DEADLINES_MS: Partial<Record<keyof Provider, number>> = { usage: 15_000, listBuckets: 15_000 };

const METHODS = [
  "check",
  "ensurePrincipal",
  "listPrincipals",
  "putKey",
  "listKeys",
  "setKeyState",
  "setKeyExpiry",
  "removeKey",
  "readSecret",
  "suspendPrincipal",
  "resumePrincipal",
  "probe",
  "probeUpload",
  "planCredentials",
  "makeCredentials",
  "settleCredentials",
  "endCredentials",
  "usage",
  "listBuckets",
  "quota",
] as const;

type Call = (...input: unknown[]) => Promise<unknown>;

/**
 * Wraps a driver: every call has a deadline, fails with nothing but `ProviderError`, and writes a line with its
 * duration to the log. Any other error becomes `ambiguous`, because nobody knows what the storage system did.
 */
export function guard(provider: Provider, region: string, logger: Logger): Provider {
  const guarded: Record<string, unknown> = {
    capabilities: provider.capabilities,
    gateways: () => provider.gateways(),
  };
  for (const method of METHODS) {
    const call = provider[method] as Call | undefined;
    if (call) guarded[method] = guardCall(call.bind(provider), method, region, logger);
  }
  return guarded as unknown as Provider;
}

function guardCall(call: Call, method: keyof Provider, region: string, logger: Logger): Call {
  return async (...input) => {
    const context = input.at(-1) as CallContext;
    // Not `AbortSignal.any` and `AbortSignal.timeout`: they cannot be cleared when the call is over.
    const deadline = new AbortController();
    const { signal } = deadline;
    const end = () => deadline.abort();
    const timer = setTimeout(end, LONG_DEADLINES_MS[method] ?? CALL_DEADLINE_MS);
    context.signal.addEventListener("abort", end, { once: true });
    if (context.signal.aborted) end();
    const started = performance.now();
    let outcome = "ok";
    try {
      return await Promise.race([call(...input.slice(0, -1), { ...context, signal }), rejectOnAbort(signal)]);
    } catch (error) {
      // A driver may have begun several requests at once: the others are aborted when one fails.
      end();
      const failure = asProviderError(error, method);
      outcome = failure.failure;
      throw failure;
    } finally {
      clearTimeout(timer);
      context.signal.removeEventListener("abort", end);
      const ms = Math.round(performance.now() - started);
      logger.debug({ region, method, outcome, ms, requestId: context.requestId }, "storage call");
    }
  };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(new ProviderError("ambiguous", "no answer before the deadline"));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

function asProviderError(error: unknown, method: string): ProviderError {
  if (error instanceof ProviderError) return error;
  // The cause is left out: an error of a library may quote the request, which may hold a secret.
  const name = error instanceof Error ? error.name : typeof error;
  return new ProviderError("ambiguous", `${method} failed unexpectedly (${name})`);
}
