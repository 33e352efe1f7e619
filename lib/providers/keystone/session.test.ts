import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Secret } from "@/lib/platform/secret";
import { context, newSpec } from "@/lib/providers/conformance/candidate";
import { openSession } from "@/lib/providers/keystone/session";
import { startFaultProxy } from "@/testing/proxies/fault-proxy";
import { stopKeystone } from "@/testing/rig/keystone";
import { connectKeystoneDriver, type KeystoneDriver, TEST_PASSWORD } from "@/testing/rig/keystone-driver";
import { startOwnRig } from "@/testing/rig/own-rig";
import { findMissingPrograms, readGatewayLogs, type Rig, startRig } from "@/testing/rig/rig";
import { openSharedRig, RIG_STARTS_WITHIN_MS, RIG_TEST_MS } from "@/testing/rig/shared-rig";

const missing = findMissingPrograms();
const title = missing.length > 0 ? `a real Keystone, skipped for want of ${missing.join(", ")}` : "a real Keystone";

describe.skipIf(missing.length > 0)(title, { timeout: RIG_STARTS_WITHIN_MS }, () => {
  test("a token that was revoked is replaced, and a password that was changed is denied", async () => {
    const keystone = await connectKeystoneDriver(await openSharedRig(["uncached"]));
    const { key } = await keystone.createKey();
    const userName = "another-service-user";
    const path = `/users/${await keystone.createUser(userName, "admin", "service")}`;
    const connect = (password: string) => keystone.connect({ userName, password: new Secret(password) });
    const provider = connect(TEST_PASSWORD);

    const access = { ...keystone.options, userName, password: new Secret(TEST_PASSWORD) };
    const before = await openSession(access);
    await revokeToken(keystone.keystone.url, before.token);
    expect(await provider.listKeys(key.principal, context())).toHaveLength(1);
    expect((await openSession(access)).token.reveal()).not.toBe(before.token.reveal());

    const changed = "another password of a test";
    await keystone.admin.call("PATCH", path, { user: { password: changed } });
    await expect(provider.listKeys(key.principal, context())).rejects.toMatchObject({ failure: "denied" });
    const list = () =>
      connect(changed)
        .listKeys(key.principal, context())
        .then(
          (keys) => keys.length,
          () => "denied",
        );
    // Keystone also revokes the tokens that it gave in the second of the change.
    await expect.poll(list, { timeout: 20_000 }).toBe(1);
  });
});

describe.skipIf(missing.length > 0)(
  `${title} with short tokens, short lists and a long log`,
  { timeout: RIG_TEST_MS },
  () => {
    let rig: Rig;
    let stop: () => Promise<void>;
    let keystone: KeystoneDriver;
    beforeAll(async () => {
      ({ rig, stop } = await startOwnRig(["cached"]));
      await stopKeystone(rig.options);
      // The driver renews a token a quarter of its life, here 6 s, before its end. Keystone cuts the fraction of a second
      // off the end, so a process may stall for 5 s between the choice of a token and its use.
      const settings = [
        "[token]",
        "expiration = 24",
        "[credential]",
        "user_limit = 4",
        "[DEFAULT]",
        "list_limit = 3",
        "debug = true",
        "insecure_debug = true",
      ];
      appendFileSync(join(rig.options.folder, "keystone/keystone.conf"), `${settings.join("\n")}\n`);
      await startRig(rig.options);
      keystone = await connectKeystoneDriver(rig);
    }, RIG_STARTS_WITHIN_MS);
    afterAll(() => stop());

    test("a token is renewed before it ends, without a call that fails", async () => {
      const proxy = await startFaultProxy(keystone.keystone.url.replace("/v3", ""));
      const asked: string[] = [];
      proxy.inject({ match: (method, path) => asked.push(`${method} ${path}`) < 0, when: "before", what: "drop" });
      const provider = keystone.connect({ identityUrl: `${proxy.url}/v3` });
      const countLogins = () => asked.filter((request) => request.startsWith("POST /v3/auth/tokens")).length;
      let calls = 0;
      const callOnce = async () => {
        await provider.listKeys("lk-nobody", context());
        calls += 1;
        return countLogins();
      };
      await expect.poll(callOnce, { timeout: RIG_TEST_MS / 2, interval: 250 }).toBe(2);
      // Each call asks for the robot and for its domain. After a refused token, one of them would be asked twice.
      expect(asked.length - countLogins()).toBe(2 * calls);
      await proxy.close();
    });

    test("a list that is cut off is refused, and too many credentials are a limit", async () => {
      const provider = keystone.connect();
      const principal = "lk-limited";
      await provider.ensurePrincipal(principal, "A project with a limit", context());
      for (const key of [1, 2, 3, 4].map(() => newSpec(principal))) await provider.putKey(key, context());
      expect(await provider.listKeys(principal, context())).toHaveLength(4);
      await expect(provider.putKey(newSpec(principal), context())).rejects.toMatchObject({ failure: "limit" });
      await expect(provider.listPrincipals(context())).rejects.toMatchObject({
        failure: "unavailable",
        message: expect.stringMatching(/^Keystone cuts off its list of (users|projects): raise its list_limit$/),
      });
    });

    test("no log of Keystone or radosgw holds a secret", async () => {
      const { provider, key } = await keystone.createKey();
      expect(await keystone.probeAt("cached", key)).toBe("accepted");
      await provider.removeKey(key, context());
      const logs = [
        readGatewayLogs(rig.options.folder),
        readFileSync(join(rig.options.folder, "log/keystone.log"), "utf8"),
      ].join("\n");
      expect(logs).toContain(key.principal);
      expect(keystone.issued.length).toBeGreaterThan(0);
      const secrets = [
        ...keystone.issued.map((secret) => secret.reveal()),
        keystone.keystone.user.password,
        rig.admin.secretAccessKey,
      ];
      expect(secrets.filter((secret) => logs.includes(secret))).toEqual([]);
    });
  },
);

async function revokeToken(url: string, token: Secret): Promise<void> {
  const headers = { "x-auth-token": token.reveal(), "x-subject-token": token.reveal() };
  const reply = await fetch(`${url}/auth/tokens`, { method: "DELETE", headers });
  expect(reply.status).toBe(204);
}
