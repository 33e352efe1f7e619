import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { logger } from "@/lib/platform/logger";
import { type Candidate, context, newPrincipal, newSpec } from "@/lib/providers/conformance/candidate";
import { ProviderError } from "@/lib/providers/errors";
import { guard } from "@/lib/providers/guard";
import type { Provider } from "@/lib/providers/provider";

/** The part of the suite about calls that must fail. `candidate` is called when a test runs. */
export function describeFailures(candidate: () => Candidate): void {
  const refusals: [string, (subject: Provider) => Promise<unknown>][] = [
    ["check", (subject) => subject.check(context())],
    ["ensurePrincipal", (subject) => subject.ensurePrincipal(newPrincipal(), "One", context())],
    ["listPrincipals", (subject) => subject.listPrincipals(context())],
    ["putKey", (subject) => subject.putKey(newSpec(newPrincipal()), context())],
    ["listKeys", (subject) => subject.listKeys(newPrincipal(), context())],
    ["removeKey", (subject) => subject.removeKey(newSpec(newPrincipal()), context())],
  ];

  test.each(refusals)("%s with a wrong admin credential is denied, and never reads as absence", async (_name, call) => {
    await expect(call(guard(candidate().withWrongCredential, "conformance", logger))).rejects.toMatchObject({
      name: "ProviderError",
      failure: "denied",
    });
  });

  test.each(refusals)("%s without a server is unavailable", async (_name, call) => {
    await expect(call(guard(candidate().unreachable, "conformance", logger))).rejects.toMatchObject({
      name: "ProviderError",
      failure: "unavailable",
    });
  });

  test("a call whose caller has given up ends with a ProviderError", async () => {
    const withdrawn = { signal: AbortSignal.abort(), requestId: randomUUID() };
    await expect(
      guard(candidate().provider, "conformance", logger).listKeys(newPrincipal(), withdrawn),
    ).rejects.toBeInstanceOf(ProviderError);
  });
}
