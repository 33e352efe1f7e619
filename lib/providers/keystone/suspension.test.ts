import { beforeAll, describe, expect, test } from "vitest";
import { context, newPrincipal } from "@/lib/providers/conformance/candidate";
import { connectKeystoneDriver, type KeystoneDriver } from "@/testing/rig/keystone-driver";
import { findMissingPrograms } from "@/testing/rig/rig";
import { openSharedRig, RIG_STARTS_WITHIN_MS, RIG_TEST_MS } from "@/testing/rig/shared-rig";

const missing = findMissingPrograms();
const title = missing.length > 0 ? `a real Keystone, skipped for want of ${missing.join(", ")}` : "a real Keystone";

describe.skipIf(missing.length > 0)(
  `${title}: at a gateway that caches Keystone's answers`,
  { timeout: RIG_TEST_MS },
  () => {
    let keystone: KeystoneDriver;
    beforeAll(async () => {
      keystone = await connectKeystoneDriver(await openSharedRig(["uncached", "cached"]));
    }, RIG_STARTS_WITHIN_MS);

    test("a deleted key works until a suspension, and works again when the suspension ends too early", async () => {
      const { provider, key } = await keystone.createKey();
      expect(await keystone.probeAt("cached", key)).toBe("accepted");
      expect(await provider.removeKey(key, context())).toBe("removed");
      expect(await keystone.probeAt("uncached", key)).toBe("refused-unknown");
      expect(await keystone.probeAt("cached", key)).toBe("accepted");
      await provider.suspendPrincipal?.(key.principal, [], context());
      expect(await keystone.probeAt("cached", key)).toBe("refused");
      await provider.resumePrincipal?.(key.principal, context());
      expect(await keystone.probeAt("cached", key)).toBe("accepted");
    });

    test("a project in which another user has a credential is not suspended", async () => {
      const { provider, key } = await keystone.createKey();
      expect(await keystone.probeAt("cached", key)).toBe("accepted");
      const [admin, project] = [
        await keystone.findId("users", "admin"),
        await keystone.findId("projects", key.principal),
      ];
      await keystone.admin.call("POST", `/users/${admin}/credentials/OS-EC2`, { tenant_id: project });
      const suspension = provider.suspendPrincipal?.(key.principal, [key.accessKeyId], context());
      await expect(suspension).rejects.toMatchObject({
        failure: "conflict",
        message: expect.stringContaining("also stop 1 credentials"),
      });
      expect(await keystone.probeAt("cached", key)).toBe("accepted");
    });

    test("a project that radosgw has never seen can be suspended and resumed", async () => {
      const { provider, key } = await keystone.createKey();
      await provider.suspendPrincipal?.(key.principal, [key.accessKeyId], context());
      await provider.resumePrincipal?.(key.principal, context());
      expect(await keystone.probeAt("cached", key)).toBe("accepted");
    });

    test("a principal that does not exist has nothing to suspend, if the domain exists", async () => {
      const principal = newPrincipal();
      const { suspendPrincipal, resumePrincipal } = keystone.connect();
      await suspendPrincipal?.(principal, ["LKTSTAAAAAAAAAAAAAAA"], context());
      await resumePrincipal?.(principal, context());
      const elsewhere = keystone.connect({ domain: "elsewhere" });
      await expect(elsewhere.suspendPrincipal?.(principal, [], context())).rejects.toMatchObject({
        failure: "invalid",
      });
      await expect(elsewhere.resumePrincipal?.(principal, context())).rejects.toMatchObject({ failure: "invalid" });
    });
  },
);
