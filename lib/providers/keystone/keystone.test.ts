import { randomUUID } from "node:crypto";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFreePorts } from "@/testing/ports";
import { readPair, runRadosgwAdmin, startGateway } from "@/testing/rig/ceph";
import { startFaultProxy } from "@/testing/proxies/fault-proxy";
import { runOpenstack, stopKeystone } from "@/testing/rig/keystone";
import { type KeystoneSession, signInToKeystone } from "@/testing/rig/keystone-seed";
import { startOwnRig } from "@/testing/rig/own-rig";
import { stopProgram } from "@/testing/rig/processes";
import { findMissingPrograms, readGatewayLogs, type Rig, startRig } from "@/testing/rig/rig";
import { composeAccessKeyId } from "@/lib/access-key-ids/rules";
import { logger } from "@/lib/platform/logger";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import type { Traits } from "@/lib/providers/conformance/candidate";
import { describeConformance } from "@/lib/providers/conformance/suite";
import { guard } from "@/lib/providers/guard";
import { createKeystoneProvider } from "@/lib/providers/keystone/keystone";
import { openSession } from "@/lib/providers/keystone/session";
import type { KeystoneOptions } from "@/lib/providers/keystone/settings";
import type { Provider } from "@/lib/providers/provider";

const RIG_STARTS_WITHIN_MS = 180_000;
const missing = findMissingPrograms(["openstack"]);
const title = missing.length > 0 ? `a real Keystone, skipped for want of ${missing.join(", ")}` : "a real Keystone";

describe.skipIf(missing.length > 0)(title, () => {
  let rig: Rig;
  let stop: () => Promise<void>;
  let nobodyListens: string;
  let admin: KeystoneSession;
  const signInAsAdmin = () =>
    signInToKeystone(requireKeystone(rig).url, "admin", requireKeystone(rig).adminPassword, "admin");
  beforeAll(async () => {
    nobodyListens = `http://127.0.0.1:${await findFreePorts(1)}/v3`;
    ({ rig, stop } = await startOwnRig(["uncached", "cached"]));
    admin = await signInAsAdmin();
  }, RIG_STARTS_WITHIN_MS);
  afterAll(() => stop());

  const context = () => ({ signal: AbortSignal.timeout(20_000), requestId: randomUUID() });
  /** Every secret that went to Keystone. */
  const issued: Secret[] = [];
  const remember = (provider: Provider): Provider => ({
    ...provider,
    async putKey(spec, call) {
      const secret = await provider.putKey(spec, call);
      issued.push(secret);
      return secret;
    },
  });
  const connect = (changes: Partial<KeystoneOptions> = {}) =>
    guard(remember(createKeystoneProvider({ ...optionsOf(rig), ...changes })), "keystone", logger);
  const gatewaysOf = (kind: string) => rig.gateways.filter((gateway) => gateway.kind === kind);
  const answerAt = (kind: string, { accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: Secret }) =>
    connect().probe(gatewaysOf(kind)[0] ?? never(), accessKeyId, secretAccessKey, context());
  const newKey = (principal: string) => ({
    principal,
    accessKeyId: composeAccessKeyId("TST", randomText),
    secretAccessKey: new Secret(randomText(40, ALPHANUMERIC)),
    tag: "none",
  });
  const make = async () => {
    const provider = connect();
    const key = newKey(`lk-${randomUUID()}`);
    await provider.ensurePrincipal(key.principal, "A project's name, with ' and (more)", context());
    await provider.putKey(key, context());
    return { provider, key };
  };

  const ask = (args: string[]) => runOpenstack(requireKeystone(rig).url, requireKeystone(rig).adminPassword, args);
  const readKeyIds = async (principal: string) => {
    const listed = await ask([
      "ec2",
      "credentials",
      "list",
      "--user",
      principal,
      "--user-domain",
      "default",
      "-f",
      "json",
    ]);
    return (JSON.parse(listed) as { Access: string }[]).map((row) => row.Access);
  };
  const findId = async (collection: "users" | "projects" | "roles", name: string) => {
    const found = await admin.call<Record<string, { id: string }[]>>(
      "GET",
      `/${collection}?name=${encodeURIComponent(name)}`,
    );
    return found[collection]?.[0]?.id ?? never();
  };
  const makeUser = async (name: string, role: string, project: string) => {
    const { user } = await admin.call<{ user: { id: string } }>("POST", "/users", {
      user: { name, domain_id: "default", password: "a password of a test" },
    });
    await admin.call(
      "PUT",
      `/projects/${await findId("projects", project)}/users/${user.id}/roles/${await findId("roles", role)}`,
    );
    return user.id;
  };

  const traits: Traits = {
    choosesSecret: true,
    deactivate: "none",
    suspends: true,
    readsSecrets: true,
    readsQuota: true,
    hasIndistinctGateways: true,
  };
  describeConformance("the Keystone driver", traits, async () => ({
    provider: remember(createKeystoneProvider(optionsOf(rig))),
    withWrongCredential: createKeystoneProvider({ ...optionsOf(rig), password: new Secret("wrong") }),
    unreachable: createKeystoneProvider({ ...optionsOf(rig), identityUrl: nobodyListens }),
    readKeyIds,
    findings: {},
    stop: async () => {},
  }));

  describe("a principal", () => {
    test.each([
      ["its project", ["project"]],
      ["its robot", ["user"]],
      ["both, without the role", ["project", "user"]],
    ] as const)("of which there is only %s is completed", async (_what, kinds) => {
      const key = newKey(`lk-${randomUUID()}`);
      for (const kind of kinds)
        await admin.call("POST", `/${kind}s`, { [kind]: { name: key.principal, domain_id: "default" } });
      const provider = connect();
      await Promise.all([1, 2, 3].map(() => provider.ensurePrincipal(key.principal, "One", context())));
      await provider.putKey(key, context());
      expect(await answerAt("uncached", key)).toBe("accepted");
    });

    test("has the least role and no password", async () => {
      const { key } = await make();
      const robot = await findId("users", key.principal);
      type Assigned = { role_assignments: { role: { name: string }; scope: { project: { id: string } } }[] };
      const assigned = await admin.call<Assigned>("GET", `/role_assignments?user.id=${robot}&include_names`);
      expect(assigned.role_assignments.map(({ role, scope }) => [role.name, scope.project.id])).toEqual([
        ["member", await findId("projects", key.principal)],
      ]);
      const { user } = await admin.call<{ user: { password_expires_at: unknown } }>("GET", `/users/${robot}`);
      expect(user.password_expires_at).toBeNull();
      for (const password of ["", key.principal, key.secretAccessKey.reveal()]) {
        await expect(
          signInToKeystone(requireKeystone(rig).url, key.principal, password, key.principal),
        ).rejects.toThrow("refused");
      }
    });
  });

  test("another domain of the same Keystone passes its check and has none of the keys, which is what a changed region is refused by", async () => {
    const { key } = await make();
    const { domain } = await admin.call<{ domain: { id: string } }>("POST", "/domains", {
      domain: { name: "another" },
    });
    const other = connect({ domain: domain.id });
    await other.check(context());
    expect(await other.listKeys(key.principal, context())).toEqual([]);
    expect(await connect().listKeys(key.principal, context())).toHaveLength(1);
  });

  test("a key is neither removed nor read in the name of another principal", async () => {
    const { provider, key } = await make();
    const other = (await make()).key;
    expect(await provider.removeKey({ ...key, principal: other.principal }, context())).toBe("absent");
    expect(await provider.readSecret?.({ ...key, principal: other.principal }, context())).toBeUndefined();
    await expect(provider.removeKey({ ...key, principal: "lk-nobody" }, context())).rejects.toMatchObject({
      failure: "conflict",
    });
    expect(await answerAt("uncached", key)).toBe("accepted");
  });

  test("the same id with another secret is a conflict, and the first goes on working", async () => {
    const { provider, key } = await make();
    const another = new Secret(randomText(40, ALPHANUMERIC));
    await expect(provider.putKey({ ...key, secretAccessKey: another }, context())).rejects.toMatchObject({
      failure: "conflict",
    });
    expect(await answerAt("uncached", key)).toBe("accepted");
  });

  test("a plain member in the admin's place is denied, and sees no empty list", async () => {
    const { key } = await make();
    await makeUser("plain", "member", "service");
    const plain = connect({ userName: "plain", password: new Secret("a password of a test") });
    await expect(plain.check(context())).rejects.toThrow(
      "the user plain may not see users, projects and credentials: give it the role admin in service",
    );
    await expect(plain.listKeys(key.principal, context())).rejects.toMatchObject({ failure: "denied" });
    await expect(plain.removeKey(key, context())).rejects.toMatchObject({ failure: "denied" });
  });

  test("usage, buckets and quota are those of the project in radosgw", async () => {
    const { provider, key } = await make();
    const s3 = new S3Client({
      endpoint: gatewaysOf("uncached")[0]?.endpoint ?? "",
      region: "default",
      forcePathStyle: true,
      credentials: { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey.reveal() },
    });
    await s3.send(new CreateBucketCommand({ Bucket: "a-bucket" }));
    for (const Key of ["a", "b"])
      await s3.send(new PutObjectCommand({ Bucket: "a-bucket", Key, Body: "x".repeat(1_000) }));
    expect(await provider.usage?.(key.principal, context())).toMatchObject({ buckets: 1, objects: 2, bytes: 2_000n });
    expect(await provider.listBuckets?.(key.principal, context())).toMatchObject([
      { name: "a-bucket", objects: 2, bytes: 2_000n },
    ]);
    const uid = `--uid=${await findId("projects", key.principal)}`;
    await runRadosgwAdmin(rig.options.folder, [
      "quota",
      "set",
      "--quota-scope=user",
      uid,
      "--max-objects=7",
      "--max-size=1M",
    ]);
    await runRadosgwAdmin(rig.options.folder, ["quota", "enable", "--quota-scope=user", uid]);
    expect(await provider.quota?.(key.principal, context())).toEqual({ bytes: 1_048_576n, objects: 7 });
    await expect(provider.usage?.("lk-nobody", context())).rejects.toMatchObject({ failure: "not-found" });
  });

  test("makes no key for somebody who may not write any more when Keystone has said whose it would be", async () => {
    const { provider, key } = await make();
    const late = newKey(key.principal);
    const putting = provider.putKey(late, { ...context(), mayWrite: async () => false });
    await expect(putting).rejects.toMatchObject({ failure: "unavailable" });
    expect(await readKeyIds(key.principal)).toEqual([key.accessKeyId]);
    await provider.putKey(late, { ...context(), mayWrite: async () => true });
    expect(await readKeyIds(key.principal)).toContain(late.accessKeyId);
  });

  describe("a gateway that caches", () => {
    test("takes a deleted pair, refuses it from the first request of a suspension, and takes it again when resumed early", async () => {
      const { provider, key } = await make();
      expect(await answerAt("cached", key)).toBe("accepted");
      expect(await provider.removeKey(key, context())).toBe("removed");
      expect([await answerAt("uncached", key), await answerAt("cached", key)]).toEqual(["refused-unknown", "accepted"]);
      await provider.suspendPrincipal?.(key.principal, [], context());
      expect(await answerAt("cached", key)).toBe("refused");
      await provider.resumePrincipal?.(key.principal, context());
      expect(await answerAt("cached", key)).toBe("accepted");
    });

    test("is not suspended over a credential that somebody else has in the project", async () => {
      const { provider, key } = await make();
      expect(await answerAt("cached", key)).toBe("accepted");
      await ask(["ec2", "credentials", "create", "--user", "admin", "--project", key.principal, "-f", "json"]);
      const suspension = provider.suspendPrincipal?.(key.principal, [key.accessKeyId], context());
      await expect(suspension).rejects.toMatchObject({
        failure: "conflict",
        message: expect.stringContaining("also stop 1 credentials"),
      });
      expect(await answerAt("cached", key)).toBe("accepted");
    });

    test("suspends and resumes a project that radosgw has never seen", async () => {
      const { provider, key } = await make();
      await provider.suspendPrincipal?.(key.principal, [key.accessKeyId], context());
      await provider.resumePrincipal?.(key.principal, context());
      expect(await answerAt("cached", key)).toBe("accepted");
    });

    test("has nothing to suspend of a principal that was never made, in a domain that is there", async () => {
      const principal = `lk-${randomUUID()}`;
      const { suspendPrincipal, resumePrincipal } = connect();
      await suspendPrincipal?.(principal, ["LKTSTAAAAAAAAAAAAAAA"], context());
      await resumePrincipal?.(principal, context());
      const elsewhere = connect({ domain: "elsewhere" });
      await expect(elsewhere.suspendPrincipal?.(principal, [], context())).rejects.toMatchObject({
        failure: "invalid",
      });
      await expect(elsewhere.resumePrincipal?.(principal, context())).rejects.toMatchObject({ failure: "invalid" });
    });
  });

  describe("the check says what is wrong", () => {
    const complaint = (changes: Partial<KeystoneOptions>) =>
      connect(changes)
        .check(context())
        .then(
          () => "nothing",
          (error: unknown) => (error instanceof Error ? error.message : ""),
        );

    test("with the address, the credential, the domain or the role", async () => {
      expect(await complaint({})).toBe("nothing");
      expect(await complaint({ identityUrl: nobodyListens })).toMatch(
        /^Keystone does not answer: nothing listens at 127.0.0.1:\d+$/,
      );
      expect(await complaint({ identityUrl: `${rig.adminUrl}/v3` })).toMatch(
        /^no Keystone answers at http:.*\/v3 \(40\d\)$/,
      );
      const refused = "Keystone refuses latchkey: the name or password is wrong, or there is no role in";
      expect(await complaint({ password: new Secret("wrong") })).toBe(`${refused} service`);
      expect(await complaint({ projectName: "admin" })).toBe(`${refused} admin`);
      expect(await complaint({ domain: "elsewhere" })).toBe("Keystone has no domain with the id elsewhere");
      expect(await complaint({ role: "nobodys" })).toBe("Keystone has no role nobodys");
    });

    test("with radosgw's access", async () => {
      const printed = await runRadosgwAdmin(rig.options.folder, [
        "user",
        "create",
        "--uid=reader",
        "--display-name=Reader",
        "--caps=users=read",
      ]);
      const { accessKeyId, secretAccessKey } = readPair(printed);
      const rgw = { ...(optionsOf(rig).rgw ?? never()), accessKeyId, secretAccessKey: new Secret(secretAccessKey) };
      expect(await complaint({ rgw })).toBe("the admin user reader lacks the capabilities buckets=read, users=write");
      expect(await complaint({ rgw, exclusive: false })).toBe(
        "the admin user reader lacks the capabilities buckets=read",
      );
    });

    test("with a gateway that does not answer", async () => {
      const gateways = gatewaysOf("cached");
      await stopProgram(rig.options.folder, "rgw.2");
      expect(await complaint({ gateways })).toMatch(/^rgw.2 at http:.* did not answer/);
      startGateway(rig.options.folder, 1);
      await expect.poll(() => complaint({ gateways }), { timeout: 30_000 }).toBe("nothing");
    });

    test("and warns of what may be right", async () => {
      const warningsOf = async (changes: Partial<KeystoneOptions>) =>
        (await connect(changes).check(context())).warnings;
      expect(await warningsOf({ keystoneRelease: "patched" })).toEqual([]);
      expect(await warningsOf({})).toEqual([expect.stringContaining("CVE-2026-42999")]);
      const gateways = gatewaysOf("cached");
      const { endpoint = "" } = gateways[0] ?? {};
      expect(await warningsOf({ keystoneRelease: "patched", gateways, endpoint })).toEqual([
        `Keystone's catalogue names other S3 addresses than the region's: ${rig.gateways[0]?.endpoint}`,
      ]);
    });
  });

  test("a token that was revoked is replaced, and a password that was changed is denied", async () => {
    const { provider, key } = await make();
    const before = await openSession(optionsOf(rig));
    await revoke(requireKeystone(rig).url, before.token);
    expect(await provider.listKeys(key.principal, context())).toHaveLength(1);
    expect((await openSession(optionsOf(rig))).token.reveal()).not.toBe(before.token.reveal());

    const path = `/users/${await findId("users", "latchkey")}`;
    const changed = new Secret("another password of a test");
    await admin.call("PATCH", path, { user: { password: changed.reveal() } });
    await expect(provider.listKeys(key.principal, context())).rejects.toMatchObject({ failure: "denied" });
    // Keystone also revokes tokens that it gave in the second of the change.
    const list = (password: Secret) =>
      connect({ password })
        .listKeys(key.principal, context())
        .then(
          (keys) => keys.length,
          () => "denied",
        );
    await expect.poll(() => list(changed), { timeout: 20_000 }).toBe(1);
    const original = requireKeystone(rig).user.password;
    await admin.call("PATCH", path, { user: { password: original } });
    await expect.poll(() => list(new Secret(original)), { timeout: 20_000 }).toBe(1);
  });

  describe("a Keystone with short tokens, short lists and a long log", () => {
    beforeAll(async () => {
      await stopKeystone(rig.options);
      // Keystone cuts the second off a token's end: the quarter of its life before it must be longer than that.
      const settings = [
        "[token]",
        "expiration = 8",
        "[credential]",
        "user_limit = 4",
        "[DEFAULT]",
        "list_limit = 3",
        "debug = true",
        "insecure_debug = true",
      ];
      appendFileSync(join(rig.options.folder, "keystone/keystone.conf"), `${settings.join("\n")}\n`);
      await startRig(rig.options);
    }, RIG_STARTS_WITHIN_MS);

    test("a token is renewed before it ends, without a call that fails", async () => {
      const proxy = await startFaultProxy(requireKeystone(rig).url.replace("/v3", ""));
      const asked: string[] = [];
      proxy.inject({ match: (method, path) => asked.push(`${method} ${path}`) < 0, when: "before", what: "drop" });
      const provider = connect({ identityUrl: `${proxy.url}/v3` });
      const logins = () => asked.filter((request) => request.startsWith("POST /v3/auth/tokens")).length;
      let calls = 0;
      const callOnce = async () => {
        await provider.listKeys("lk-nobody", context());
        calls += 1;
        return logins();
      };
      await expect.poll(callOnce, { timeout: 50_000, interval: 100 }).toBe(3);
      // For the robot and for its domain; a refused token would have made one of them asked twice.
      expect(asked.length - logins()).toBe(2 * calls);
      await proxy.close();
    });

    test("a cut list is no list, and a user full of credentials is a limit", async () => {
      const { provider, key } = await make();
      await expect(provider.listPrincipals(context())).rejects.toMatchObject({
        failure: "unavailable",
        message: expect.stringMatching(/^Keystone cuts off its list of (users|projects): raise its list_limit$/),
      });
      for (const one of [1, 2, 3].map(() => newKey(key.principal))) await provider.putKey(one, context());
      expect(await provider.listKeys(key.principal, context())).toHaveLength(4);
      await expect(provider.putKey(newKey(key.principal), context())).rejects.toMatchObject({ failure: "limit" });
    });

    test("no log of Keystone or radosgw holds a secret", async () => {
      const { provider, key } = await make();
      expect(await answerAt("cached", key)).toBe("accepted");
      await provider.removeKey(key, context());
      const logs = [
        readGatewayLogs(rig.options.folder),
        readFileSync(join(rig.options.folder, "log/keystone.log"), "utf8"),
      ].join("\n");
      expect(logs).toContain(key.principal);
      expect(issued.length).toBeGreaterThan(0);
      const secrets = [
        ...issued.map((secret) => secret.reveal()),
        requireKeystone(rig).user.password,
        rig.admin.secretAccessKey,
      ];
      expect(secrets.filter((secret) => logs.includes(secret))).toEqual([]);
    });
  });
});

async function revoke(url: string, token: Secret): Promise<void> {
  const headers = { "x-auth-token": token.reveal(), "x-subject-token": token.reveal() };
  const reply = await fetch(`${url}/auth/tokens`, { method: "DELETE", headers });
  expect(reply.status).toBe(204);
}

function never(): never {
  throw new Error("it is not there");
}

function optionsOf(rig: Rig): KeystoneOptions {
  const { url, user } = requireKeystone(rig);
  return {
    identityUrl: url,
    userName: user.userName,
    userDomain: "Default",
    projectName: user.projectName,
    projectDomain: "Default",
    password: new Secret(user.password),
    domain: "default",
    role: "member",
    signingRegion: "default",
    endpoint: rig.gateways[0]?.endpoint ?? "",
    // One that caches goes on accepting a removed pair for 300 s.
    gateways: rig.gateways.filter(({ kind }) => kind === "uncached"),
    cacheSeconds: 0,
    keystoneRelease: undefined,
    rgw: {
      adminUrl: rig.adminUrl,
      adminPath: "admin",
      signingRegion: "default",
      accessKeyId: rig.admin.accessKeyId,
      secretAccessKey: new Secret(rig.admin.secretAccessKey),
    },
    exclusive: true,
  };
}

function requireKeystone(rig: Rig): NonNullable<Rig["keystone"]> {
  if (!rig.keystone) throw new Error("the rig has no Keystone");
  return rig.keystone;
}
