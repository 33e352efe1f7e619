import type { Logger } from "@/lib/platform/logger";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Provider } from "@/lib/providers/provider";

/** Longest time one call to a storage system may take. Milliseconds. */
export const CALL_DEADLINE_MS = 8_000;

const METHODS = [
  "check",
  "ensurePrincipal",
  "listPrincipals",
  "putKey",
  "listKeys",
  "setKeyState",
  "removeKey",
  "readSecret",
  "suspendPrincipal",
  "resumePrincipal",
  "probe",
  "usage",
  "listBuckets",
  "quota",
] as const;

type Call = (...input: unknown[]) => Promise<unknown>;

/**
 * Wraps a driver so that every call has a deadline, fails only with `ProviderError`, and leaves a line in the log
 * with its time. What a driver throws by mistake becomes `ambiguous`: nothing is known about what happened.
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

function guardCall(call: Call, method: string, region: string, logger: Logger): Call {
  return async (...input) => {
    const context = input.at(-1) as CallContext;
    // Let go of when the call is over: `AbortSignal.any` and `timeout` would stay, and each fire in the end.
    const deadline = new AbortController();
    const { signal } = deadline;
    const end = () => deadline.abort();
    const timer = setTimeout(end, CALL_DEADLINE_MS);
    context.signal.addEventListener("abort", end, { once: true });
    if (context.signal.aborted) end();
    const started = performance.now();
    let outcome = "ok";
    try {
      return await Promise.race([call(...input.slice(0, -1), { ...context, signal }), rejectOnAbort(signal)]);
    } catch (error) {
      // Of several requests that a driver began at once, one may have failed and others still run.
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
  // The cause is left out on purpose: what a library throws may quote the request, and with it a secret.
  const name = error instanceof Error ? error.name : typeof error;
  return new ProviderError("ambiguous", `${method} failed unexpectedly (${name})`);
}
