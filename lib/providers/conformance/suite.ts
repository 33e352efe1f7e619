import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { logger } from "@/lib/platform/logger";
import type { Secret } from "@/lib/platform/secret";
import {
  type Candidate,
  context,
  newPrincipal,
  newSecret,
  newSpec,
  type Traits,
} from "@/lib/providers/conformance/candidate";
import { describeFailures } from "@/lib/providers/conformance/failures";
import { expectAnswer as expectAnswerOf, probeAll as probeAllOf } from "@/lib/providers/conformance/probes";
import { describeReadOnly } from "@/lib/providers/conformance/read-only";
import { testWhere } from "@/lib/providers/conformance/test-where";
import { guard } from "@/lib/providers/guard";
import type { Gateway, Provider } from "@/lib/providers/provider";

/** The suite that every driver must pass against its real product. */
export function describeConformance(name: string, traits: Traits, start: () => Promise<Candidate>): void {
  describe(`${name} does what a provider promises`, () => {
    let candidate: Candidate;
    let provider: Provider;
    const answerToWrongSecret = traits.hasIndistinctGateways ? "refused-unknown" : "refused-secret";

    beforeAll(async () => {
      candidate = await start();
      provider = guard(candidate.provider, "conformance", logger);
    });
    afterAll(() => candidate.stop());

    const createKey = async () => {
      const principal = newPrincipal();
      await provider.ensurePrincipal(principal, principal, context());
      const spec = newSpec(principal);
      const secret = await provider.putKey(spec, context());
      return { principal, spec, secret };
    };
    const probeAll = (id: string, secret: Secret) => probeAllOf(provider, id, secret);
    const expectAnswer = (id: string, secret: Secret, wanted: string) => expectAnswerOf(provider, id, secret, wanted);

    test("the capabilities and the optional methods are those of the storage system", () => {
      const { choosesSecret, deactivate, expiry, readOnly, suspends, readsSecrets, readsQuota } = traits;
      expect(provider.capabilities).toMatchObject({ choosesSecret, deactivate, expiry, readOnly, suspends });
      expect({
        setKeyState: provider.setKeyState !== undefined,
        setKeyExpiry: provider.setKeyExpiry !== undefined,
        readSecret: provider.readSecret !== undefined,
        suspendPrincipal: provider.suspendPrincipal !== undefined,
        resumePrincipal: provider.resumePrincipal !== undefined,
        quota: provider.quota !== undefined,
      }).toEqual({
        setKeyState: deactivate === "key",
        setKeyExpiry: expiry === "native",
        readSecret: readsSecrets,
        suspendPrincipal: suspends,
        resumePrincipal: suspends,
        quota: readsQuota,
      });
    });

    test("the check resolves with its findings", async () => {
      expect(provider.gateways().length).toBeGreaterThan(0);
      expect((await provider.check(context())).findings).toEqual(candidate.findings);
    });

    test("a principal can be ensured repeatedly", async () => {
      const principal = newPrincipal();
      await provider.ensurePrincipal(principal, "One", context());
      await provider.ensurePrincipal(principal, "One", context());
      expect(await provider.listPrincipals(context())).toContain(principal);
      expect(await provider.listKeys(principal, context())).toEqual([]);
    });

    test("a principal that does not exist has no keys", async () => {
      expect(await provider.listKeys(newPrincipal(), context())).toEqual([]);
    });

    test("a new key is accepted and listed without its secret", async () => {
      const { principal, spec, secret } = await createKey();
      await expectAnswer(spec.accessKeyId, secret, "accepted");
      const [view] = await provider.listKeys(principal, context());
      expect(view).toMatchObject({ accessKeyId: spec.accessKeyId, state: "active" });
      expect(JSON.stringify(view)).not.toContain(secret.reveal());
      expect(await candidate.readKeyIds(principal)).toEqual([spec.accessKeyId]);
    });

    testWhere(traits.choosesSecret, "putting the same key again changes nothing", async () => {
      const { principal, spec, secret } = await createKey();
      expect((await provider.putKey(spec, context())).reveal()).toBe(secret.reveal());
      await expectAnswer(spec.accessKeyId, secret, "accepted");
      expect(await provider.listKeys(principal, context())).toHaveLength(1);
    });

    testWhere(!traits.choosesSecret, "putting the same key again gives a new secret and ends the former", async () => {
      const { principal, spec, secret: former } = await createKey();
      const secret = await provider.putKey(spec, context());
      await expectAnswer(spec.accessKeyId, secret, "accepted");
      await expectAnswer(spec.accessKeyId, former, answerToWrongSecret);
      expect(await provider.listKeys(principal, context())).toHaveLength(1);
    });

    test("a key for a principal that does not exist is not created, and the failure says why", async () => {
      const spec = newSpec(newPrincipal());
      await expect(provider.putKey(spec, context())).rejects.toMatchObject({ failure: "not-found" });
    });

    test("an id that another principal has is a conflict, and the other key still works", async () => {
      const { spec, secret } = await createKey();
      const other = newPrincipal();
      await provider.ensurePrincipal(other, other, context());
      await expect(
        provider.putKey({ ...newSpec(other), accessKeyId: spec.accessKeyId }, context()),
      ).rejects.toMatchObject({
        failure: "conflict",
      });
      await expectAnswer(spec.accessKeyId, secret, "accepted");
    });

    test("a wrong secret is refused", async () => {
      const { spec } = await createKey();
      await expectAnswer(spec.accessKeyId, newSecret(), answerToWrongSecret);
    });

    test("a removed key is refused within the bound, is no longer listed, and can be removed again", async () => {
      const { principal, spec, secret } = await createKey();
      await expectAnswer(spec.accessKeyId, secret, "accepted");
      expect(await provider.removeKey(spec, context())).toBe("removed");
      await expectAnswer(spec.accessKeyId, secret, "refused-unknown");
      expect(await provider.removeKey(spec, context())).toBe("absent");
      expect(await provider.listKeys(principal, context())).toEqual([]);
      expect(await candidate.readKeyIds(principal)).toEqual([]);
    });

    test("removing one of two keys leaves the other working", async () => {
      const { principal, spec } = await createKey();
      const second = newSpec(principal);
      const secret = await provider.putKey(second, context());
      await provider.removeKey(spec, context());
      await expectAnswer(second.accessKeyId, secret, "accepted");
    });

    test("removing a key of a principal that does not exist answers absent", async () => {
      expect(await provider.removeKey(newSpec(newPrincipal()), context())).toBe("absent");
    });

    testWhere(traits.deactivate === "key", "a key can be deactivated and activated", async () => {
      const { spec, secret } = await createKey();
      await provider.setKeyState?.(spec, "inactive", context());
      await expectAnswer(spec.accessKeyId, secret, "refused-unknown");
      await provider.setKeyState?.(spec, "active", context());
      await expectAnswer(spec.accessKeyId, secret, "accepted");
    });

    testWhere(
      traits.expiry === "native",
      "a key is refused from its date on, and accepted with a later one",
      async () => {
        const { principal, spec, secret } = await createKey();
        await provider.setKeyExpiry?.(spec, new Date(Date.now() - 1_000), context());
        await expectAnswer(spec.accessKeyId, secret, "refused-unknown");
        await provider.setKeyExpiry?.(spec, new Date(Date.now() + 3_600_000), context());
        await expectAnswer(spec.accessKeyId, secret, "accepted");
        await provider.setKeyExpiry?.(spec, undefined, context());
        await expectAnswer(spec.accessKeyId, secret, "accepted");
        const second = { ...newSpec(principal), notAfter: new Date(Date.now() - 1_000) };
        await expectAnswer(second.accessKeyId, await provider.putKey(second, context()), "refused-unknown");
      },
    );

    testWhere(traits.readsSecrets, "the secret of a key can be read, in the name of its principal only", async () => {
      const { spec, secret } = await createKey();
      expect((await provider.readSecret?.(spec, context()))?.reveal()).toBe(secret.reveal());
      const other = await createKey();
      expect(await provider.readSecret?.({ ...spec, principal: other.principal }, context())).toBeUndefined();
      await provider.removeKey(spec, context());
      expect(await provider.readSecret?.(spec, context())).toBeUndefined();
      expect(await provider.readSecret?.(newSpec(newPrincipal()), context())).toBeUndefined();
    });

    testWhere(traits.suspends, "a principal can be suspended unless that stops an unknown key", async () => {
      const { principal, spec, secret } = await createKey();
      const suspend = (ids: string[]) => provider.suspendPrincipal?.(principal, ids, context());
      await expectAnswer(spec.accessKeyId, secret, "accepted");
      const second = newSpec(principal);
      await provider.putKey(second, context());
      await expect(suspend([spec.accessKeyId])).rejects.toMatchObject({ failure: "conflict" });
      expect(await probeAll(spec.accessKeyId, secret)).not.toContain("refused");
      await suspend([spec.accessKeyId, second.accessKeyId]);
      expect(await probeAll(spec.accessKeyId, secret)).toEqual(provider.gateways().map(() => "refused"));
      await suspend([spec.accessKeyId, second.accessKeyId]);
      await provider.resumePrincipal?.(principal, context());
      await provider.resumePrincipal?.(principal, context());
      await expectAnswer(spec.accessKeyId, secret, "accepted");
    });

    test("usage and buckets of a new principal are empty", async () => {
      const { principal } = await createKey();
      expect(await provider.usage?.(principal, context())).toMatchObject({ buckets: 0, objects: 0, bytes: 0n });
      expect(await provider.listBuckets?.(principal, context())).toEqual([]);
    });

    testWhere(traits.readsQuota, "a new principal has no quota", async () => {
      const { principal } = await createKey();
      expect(await provider.quota?.(principal, context())).toEqual({ bytes: undefined, objects: undefined });
    });

    test("ten keys that are created at once all exist", async () => {
      const principal = newPrincipal();
      await provider.ensurePrincipal(principal, principal, context());
      const specs = Array.from({ length: 10 }, () => newSpec(principal));
      await Promise.all(specs.map((spec) => provider.putKey(spec, context())));
      const listed = (await provider.listKeys(principal, context())).map((view) => view.accessKeyId);
      expect(listed.sort()).toEqual(specs.map((spec) => spec.accessKeyId).sort());
    });

    describeReadOnly(traits, () => candidate);
    test("whether an upload with a trailing checksum is stored as it was sent can be found out, and leaves nothing", async () => {
      const { spec, secret } = await createKey();
      await expectAnswer(spec.accessKeyId, secret, "accepted");
      for (const gateway of provider.gateways())
        expect(await provider.probeUpload(gateway, spec, secret, context())).toBe(traits.takesTrailers);
      expect(await provider.listBuckets?.(spec.principal, context())).toEqual([]);
      const unknown = provider.probeUpload(provider.gateways()[0] as Gateway, spec, newSecret(), context());
      await expect(unknown).rejects.toMatchObject({ failure: "invalid" });
    });

    describeFailures(() => candidate);
  });
}
