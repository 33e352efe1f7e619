import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { logger } from "@/lib/platform/logger";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { guard } from "@/lib/providers/guard";
import type { CallContext, Findings, Provider, PutKeySpec } from "@/lib/providers/provider";

/** What a driver under test comes with. */
export interface Candidate {
  provider: Provider;
  /** The same region with an admin credential that is refused. */
  withWrongCredential: Provider;
  /** The same region at an address where nobody listens. */
  unreachable: Provider;
  /** Reads the principal's access key ids without our driver: the driver is no witness of its own. */
  readKeyIds: (principal: string) => Promise<string[]>;
  /** Whether its gateways tell no difference between a wrong secret and an unknown id. */
  hasIndistinctGateways?: boolean;
  /** What the check finds out about this version of the product. */
  findings: Findings;
  stop: () => Promise<void>;
}

/** Where a promise is bounded by a long cache, its test waits no longer than this for what usually takes none. */
const BOUND_MAX_MS = 20_000;

const context = (): CallContext => ({ signal: AbortSignal.timeout(20_000), requestId: randomUUID() });
const newSecret = () => new Secret(randomText(40, ALPHANUMERIC));
const newPrincipal = () => `lk-${randomUUID()}`;
const newSpec = (principal: string): PutKeySpec => ({
  principal,
  accessKeyId: composeAccessKeyId("TST", randomText),
  secretAccessKey: newSecret(),
  tag: randomUUID(),
});

/** The one suite that every driver passes against its real product. */
export function describeConformance(name: string, start: () => Promise<Candidate>): void {
  describe(`${name} keeps the provider's promises`, () => {
    let candidate: Candidate;
    let provider: Provider;
    const toWrongSecret = () => (candidate.hasIndistinctGateways ? "refused-unknown" : "refused-secret");

    beforeAll(async () => {
      candidate = await start();
      provider = guard(candidate.provider, "conformance", logger);
    });
    afterAll(() => candidate.stop());

    const make = async () => {
      const principal = newPrincipal();
      await provider.ensurePrincipal(principal, principal, context());
      const spec = newSpec(principal);
      const secret = await provider.putKey(spec, context());
      return { principal, spec, secret };
    };
    const answers = (id: string, secret: Secret) =>
      Promise.all(provider.gateways().map((gateway) => provider.probe(gateway, id, secret, context())));
    const answersSoon = async (id: string, secret: Secret, wanted: string) => {
      const until = Date.now() + Math.min(provider.capabilities.revocationBoundMs, BOUND_MAX_MS) + 10_000;
      let last = await answers(id, secret);
      while (last.some((answer) => answer !== wanted) && Date.now() < until) {
        await pause(50);
        last = await answers(id, secret);
      }
      expect(last).toEqual(provider.gateways().map(() => wanted));
    };

    test("check resolves with what it found out", async () => {
      expect(provider.gateways().length).toBeGreaterThan(0);
      expect((await provider.check(context())).findings).toEqual(candidate.findings);
    });

    test("a principal can be ensured again and again", async () => {
      const principal = newPrincipal();
      await provider.ensurePrincipal(principal, "One", context());
      await provider.ensurePrincipal(principal, "One", context());
      expect(await provider.listPrincipals(context())).toContain(principal);
      expect(await provider.listKeys(principal, context())).toEqual([]);
    });

    test("a principal that does not exist has no keys", async () => {
      expect(await provider.listKeys(newPrincipal(), context())).toEqual([]);
    });

    test("a new key is accepted and listed, and nothing of its secret is in the list", async () => {
      const { principal, spec, secret } = await make();
      await answersSoon(spec.accessKeyId, secret, "accepted");
      const [view] = await provider.listKeys(principal, context());
      expect(view).toMatchObject({ accessKeyId: spec.accessKeyId, state: "active" });
      expect(JSON.stringify(view)).not.toContain(secret.reveal());
      expect(await candidate.readKeyIds(principal)).toEqual([spec.accessKeyId]);
    });

    test("the same key put again changes nothing or gives the secret that works now", async () => {
      const { principal, spec, secret: first } = await make();
      const secret = await provider.putKey(spec, context());
      await answersSoon(spec.accessKeyId, secret, "accepted");
      if (provider.capabilities.choosesSecret) expect(secret.reveal()).toBe(first.reveal());
      else await answersSoon(spec.accessKeyId, first, toWrongSecret());
      expect(await provider.listKeys(principal, context())).toHaveLength(1);
    });

    test("a key for a principal that does not exist is not made, and the failure says why", async () => {
      const spec = newSpec(newPrincipal());
      await expect(provider.putKey(spec, context())).rejects.toMatchObject({ failure: "not-found" });
    });

    test("an id that another principal has is a conflict and stays theirs", async () => {
      const { spec, secret } = await make();
      const other = newPrincipal();
      await provider.ensurePrincipal(other, other, context());
      await expect(
        provider.putKey({ ...newSpec(other), accessKeyId: spec.accessKeyId }, context()),
      ).rejects.toMatchObject({
        failure: "conflict",
      });
      await answersSoon(spec.accessKeyId, secret, "accepted");
    });

    test("a wrong secret is refused", async () => {
      const { spec } = await make();
      await answersSoon(spec.accessKeyId, newSecret(), toWrongSecret());
    });

    test("a removed key is refused within the bound, is gone, and its removal can be repeated", async () => {
      const { principal, spec, secret } = await make();
      await answersSoon(spec.accessKeyId, secret, "accepted");
      expect(await provider.removeKey(spec, context())).toBe("removed");
      await answersSoon(spec.accessKeyId, secret, "refused-unknown");
      expect(await provider.removeKey(spec, context())).toBe("absent");
      expect(await provider.listKeys(principal, context())).toEqual([]);
      expect(await candidate.readKeyIds(principal)).toEqual([]);
    });

    test("removing one of two keys leaves the other working", async () => {
      const { principal, spec } = await make();
      const second = newSpec(principal);
      const secret = await provider.putKey(second, context());
      await provider.removeKey(spec, context());
      await answersSoon(second.accessKeyId, secret, "accepted");
    });

    test("a key of a principal that does not exist is absent", async () => {
      expect(await provider.removeKey(newSpec(newPrincipal()), context())).toBe("absent");
    });

    test("a key can be switched off and on where the capabilities say so", async () => {
      if (provider.capabilities.deactivate !== "key" || !provider.setKeyState) {
        expect(provider.setKeyState).toBeUndefined();
        return;
      }
      const { spec, secret } = await make();
      await provider.setKeyState(spec, "inactive", context());
      await answersSoon(spec.accessKeyId, secret, "refused-unknown");
      await provider.setKeyState(spec, "active", context());
      await answersSoon(spec.accessKeyId, secret, "accepted");
    });

    test("the secret of a key can be read where gateways answer alike, and that of an absent one is undefined", async () => {
      if (candidate.hasIndistinctGateways) expect(provider.readSecret).toBeDefined();
      if (!provider.readSecret) return;
      const { spec, secret } = await make();
      expect((await provider.readSecret(spec, context()))?.reveal()).toBe(secret.reveal());
      const other = await make();
      expect(await provider.readSecret({ ...spec, principal: other.principal }, context())).toBeUndefined();
      await provider.removeKey(spec, context());
      expect(await provider.readSecret(spec, context())).toBeUndefined();
      expect(await provider.readSecret(newSpec(newPrincipal()), context())).toBeUndefined();
    });

    test("a principal can be suspended where the capabilities say so, unless that stops somebody else's key", async () => {
      const { suspendPrincipal, resumePrincipal } = provider;
      expect([suspendPrincipal, resumePrincipal].map((method) => method !== undefined)).toEqual([
        provider.capabilities.suspends,
        provider.capabilities.suspends,
      ]);
      if (!suspendPrincipal || !resumePrincipal) return;
      const { principal, spec, secret } = await make();
      await answersSoon(spec.accessKeyId, secret, "accepted");
      const second = newSpec(principal);
      await provider.putKey(second, context());
      await expect(suspendPrincipal(principal, [spec.accessKeyId], context())).rejects.toMatchObject({
        failure: "conflict",
      });
      expect(await answers(spec.accessKeyId, secret)).not.toContain("refused");
      await suspendPrincipal(principal, [spec.accessKeyId, second.accessKeyId], context());
      expect(await answers(spec.accessKeyId, secret)).toEqual(provider.gateways().map(() => "refused"));
      await suspendPrincipal(principal, [spec.accessKeyId, second.accessKeyId], context());
      await resumePrincipal(principal, context());
      await resumePrincipal(principal, context());
      await answersSoon(spec.accessKeyId, secret, "accepted");
    });

    test("usage and buckets of a new principal are empty", async () => {
      const { principal } = await make();
      expect(await provider.usage?.(principal, context())).toMatchObject({ buckets: 0, objects: 0, bytes: 0n });
      expect(await provider.listBuckets?.(principal, context())).toEqual([]);
      if (provider.quota)
        expect(await provider.quota(principal, context())).toEqual({ bytes: undefined, objects: undefined });
    });

    test("ten keys made at once are all there", async () => {
      const principal = newPrincipal();
      await provider.ensurePrincipal(principal, principal, context());
      const specs = Array.from({ length: 10 }, () => newSpec(principal));
      await Promise.all(specs.map((spec) => provider.putKey(spec, context())));
      const listed = (await provider.listKeys(principal, context())).map((view) => view.accessKeyId);
      expect(listed.sort()).toEqual(specs.map((spec) => spec.accessKeyId).sort());
    });

    const refusals: [string, (subject: Provider) => Promise<unknown>][] = [
      ["check", (subject) => subject.check(context())],
      ["ensurePrincipal", (subject) => subject.ensurePrincipal(newPrincipal(), "One", context())],
      ["listPrincipals", (subject) => subject.listPrincipals(context())],
      ["putKey", (subject) => subject.putKey(newSpec(newPrincipal()), context())],
      ["listKeys", (subject) => subject.listKeys(newPrincipal(), context())],
      ["removeKey", (subject) => subject.removeKey(newSpec(newPrincipal()), context())],
    ];

    test.each(refusals)(
      "%s with a wrong admin credential is denied and never looks like absence",
      async (_name, call) => {
        await expect(call(guard(candidate.withWrongCredential, "conformance", logger))).rejects.toMatchObject({
          name: "ProviderError",
          failure: "denied",
        });
      },
    );

    test.each(refusals)("%s without a server is unavailable", async (_name, call) => {
      await expect(call(guard(candidate.unreachable, "conformance", logger))).rejects.toMatchObject({
        name: "ProviderError",
        failure: "unavailable",
      });
    });

    test("a call that was withdrawn ends at once and says that nothing is known", async () => {
      const withdrawn = { signal: AbortSignal.abort(), requestId: randomUUID() };
      await expect(provider.listKeys(newPrincipal(), withdrawn)).rejects.toBeInstanceOf(ProviderError);
    });
  });
}
