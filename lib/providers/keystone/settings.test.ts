import { expect, test } from "vitest";
import { Secret } from "@/lib/platform/secret";
import { createProvider } from "@/lib/providers/registry";

const SETTINGS = { identityUrl: "https://keystone.example.org/v3/", userName: "latchkey", projectName: "service" };
const PAIR = { rgwAccessKeyId: "ADMIN", rgwSecretAccessKey: "secret-of-the-pair" };

const create = (settings: Record<string, unknown>, credentials: Record<string, unknown> = {}) =>
  createProvider("keystone", {
    name: "cloud",
    signingRegion: "default",
    endpoint: "https://s3.example.org",
    gateways: [],
    settings: { ...SETTINGS, ...settings },
    credentials: new Secret(JSON.stringify({ password: "secret-password", ...credentials })),
  });

test("a region on Keystone alone has Ceph's cache as its bound, and no figures", () => {
  const provider = create({});
  expect(provider.capabilities).toMatchObject({ revocationBoundMs: 300_000, suspends: false, choosesSecret: true });
  expect([provider.usage, provider.quota, provider.listBuckets, provider.suspendPrincipal]).toEqual(
    Array(4).fill(undefined),
  );
});

test.each([
  ["60", 60_000],
  [60, 60_000],
  ["0", 1_000],
])("cacheSeconds %s makes the bound %i ms", (cacheSeconds, bound) => {
  expect(create({ cacheSeconds }).capabilities.revocationBoundMs).toBe(bound);
});

test("figures come with radosgw's pair, and suspension only where the operator declares it", () => {
  const rgwAdminUrl = "https://rgw.example.org";
  const shared = create({ rgwAdminUrl }, PAIR);
  expect(shared.usage).toBeDefined();
  expect([shared.capabilities.suspends, shared.suspendPrincipal]).toEqual([false, undefined]);
  for (const exclusive of [true, "true"]) {
    const own = create({ rgwAdminUrl, exclusive }, PAIR);
    expect([own.capabilities.suspends, own.suspendPrincipal !== undefined]).toEqual([true, true]);
  }
});

test.each<[string, Record<string, unknown>, Record<string, unknown>, RegExp]>([
  [
    "an address without its version",
    { identityUrl: "https://keystone.example.org" },
    {},
    /identityUrl must be a URL that ends in \/v3/,
  ],
  [
    "an address with a user name",
    { identityUrl: "https://latchkey:secret-x@keystone.example.org/v3" },
    {},
    /identityUrl must be a URL without query or user name$/,
  ],
  [
    "an address with a query",
    { identityUrl: "https://keystone.example.org/?secret-x=/v3" },
    {},
    /identityUrl must be a URL without query or user name$/,
  ],
  [
    "an address with a fragment",
    { identityUrl: "https://keystone.example.org/#secret-x/v3" },
    {},
    /identityUrl must be a URL without query or user name$/,
  ],
  [
    "a metadata service",
    { identityUrl: "http://169.254.169.254/v3" },
    {},
    /identityUrl must be a URL that is not link-local and not a cloud's metadata service's/,
  ],
  [
    "a metadata service behind radosgw's address",
    { rgwAdminUrl: "http://[fd00:ec2::254]" },
    PAIR,
    /rgwAdminUrl must be a URL that is not link-local/,
  ],
  [
    "radosgw's address with a user name",
    { rgwAdminUrl: "https://a:secret-x@rgw.example.org" },
    PAIR,
    /rgwAdminUrl must be a URL without path, query or user name$/,
  ],
  ["an unknown setting", { identityURL: "x" }, {}, /identityURL is unknown/],
  ["a release that is no version", { keystoneRelease: "Zed" }, {}, /keystoneRelease is missing or wrong/],
  ["a domain that would be a path", { domain: "a/b" }, {}, /domain is missing or wrong/],
  ["no password", {}, { password: "" }, /password is missing or wrong/],
  ["half of radosgw's access", { rgwAdminUrl: "https://rgw.example.org" }, {}, /must be given together or not at all/],
  ["a pair without an address", {}, PAIR, /must be given together or not at all/],
  ["a suspension without radosgw's access", { exclusive: true }, {}, /exclusive needs rgwAdminUrl/],
])("%s is refused by its name, without a secret", (_what, settings, credentials, message) => {
  const attempt = () => create(settings, credentials);
  expect(attempt).toThrow(message);
  expect(attempt).not.toThrow(/secret-/);
});
