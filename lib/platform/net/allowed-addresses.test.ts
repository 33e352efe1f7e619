import { expect, test, vi } from "vitest";
import { findAddressProblem, isAllowedName } from "@/lib/platform/net/addresses";
import { outboundUrl } from "@/lib/platform/net/outbound-url";

// Before anything reads the settings.
vi.hoisted(() => {
  process.env.LATCHKEY_ALLOWED_ADDRESSES = "169.254.10.0/24, FE80::7, metadata.google.internal";
});

test("what the operator names is allowed, and nothing beside it", () => {
  expect(findAddressProblem("169.254.10.9")).toBeUndefined();
  expect(findAddressProblem("169.254.11.9")).toBe("a link-local address");
  expect(findAddressProblem("[fe80::7]")).toBeUndefined();
  expect(findAddressProblem("[fe80::8]")).toBe("a link-local address");
  expect(findAddressProblem("Metadata.Google.Internal.")).toBeUndefined();
  expect(isAllowedName("Metadata.Google.Internal.")).toBe(true);
  expect(isAllowedName("storage.example")).toBe(false);
  expect(outboundUrl.safeParse("http://169.254.10.9:9000").success).toBe(true);
  expect(outboundUrl.safeParse("http://169.254.169.254").success).toBe(false);
});
