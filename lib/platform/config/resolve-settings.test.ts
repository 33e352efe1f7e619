import { expect, test } from "vitest";
import { findSecondHost, finishSettings, planSettings, toEnvironment } from "@/lib/platform/config/resolve-settings";

test("missing settings are filled in", () => {
  expect(planSettings({}, "/srv/latchkey")).toMatchObject({
    HOST: "127.0.0.1",
    PORT: 3000,
    S3_PORT: 9000,
    S3_ADMIN_PORT: 9002,
    LATCHKEY_DATA_DIR: "/srv/latchkey/.data",
    LATCHKEY_URL: "http://localhost:3000",
    LATCHKEY_S3_URL_NORTH: "http://127.0.0.1:9000",
    LATCHKEY_S3_URL_SOUTH: "http://127.0.0.1:9001",
    LATCHKEY_TRUSTED_PROXIES: "",
  });
});

test("a given setting is kept, and the settings that depend on it follow", () => {
  const given = {
    PORT: "80",
    S3_PORT: "7000",
    LATCHKEY_DATA_DIR: "/data",
    LATCHKEY_S3_URL_SOUTH: "https://s3.example/",
  };
  expect(planSettings(given)).toMatchObject({
    PORT: 80,
    S3_ADMIN_PORT: 7002,
    LATCHKEY_DATA_DIR: "/data",
    LATCHKEY_URL: "http://localhost",
    LATCHKEY_S3_URL_NORTH: "http://127.0.0.1:7000",
    LATCHKEY_S3_URL_SOUTH: "https://s3.example",
  });
});

// A browser sends the cookies of a host to all its ports.
test.each([
  ["127.0.0.1", "localhost", "127.0.0.1", "::1"],
  ["::1", "localhost", "[::1]", "127.0.0.1"],
  ["127.0.0.2", "127.0.0.2", "127.0.0.2", undefined],
])("with HOST=%s the portal is at %s and the built-in S3 server at %s", (HOST, portal, s3, second) => {
  const plan = planSettings({ HOST });
  expect(plan.LATCHKEY_URL).toBe(`http://${portal}:3000`);
  expect(plan.LATCHKEY_S3_URL_NORTH).toBe(`http://${s3}:9000`);
  expect(findSecondHost(plan)).toBe(second);
});

test("a portal with an address of its own listens on its host only", () => {
  expect(findSecondHost(planSettings({ LATCHKEY_URL: "https://portal.example" }))).toBeUndefined();
  expect(findSecondHost(planSettings({ HOST: "0.0.0.0", LATCHKEY_URL: "http://localhost:3000" }))).toBeUndefined();
});

test("ports 80 and 443 may be used, and a host may be written in any case", () => {
  expect(planSettings({ PORT: "80" })).toMatchObject({ PORT: 80, LATCHKEY_URL: "http://localhost" });
  expect(planSettings({ LATCHKEY_URL: "https://portal.example:443" }).LATCHKEY_URL).toBe("https://portal.example");
  expect(planSettings({ LATCHKEY_URL: "https://Portal.Example" }).LATCHKEY_URL).toBe("https://portal.example");
  expect(planSettings({ S3_PORT: "80" }).LATCHKEY_S3_URL_NORTH).toBe("http://127.0.0.1");
});

test("a portal that others can reach has its S3 addresses on the host of LATCHKEY_URL", () => {
  const urlsOf = (given: Record<string, string>) => {
    const { LATCHKEY_S3_URL_NORTH: north, LATCHKEY_S3_URL_SOUTH: south } = planSettings({
      S3_PORT: "15011",
      LATCHKEY_ALLOW_HTTP: "1",
      ...given,
    });
    return [north, south];
  };
  const atHost = ["http://192.0.2.2:15011", "http://192.0.2.2:15012"];
  expect(urlsOf({ HOST: "0.0.0.0", LATCHKEY_URL: "http://192.0.2.2:15010" })).toEqual(atHost);
  expect(urlsOf({ HOST: "192.0.2.2" })).toEqual(atHost);
  expect(urlsOf({ HOST: "::", LATCHKEY_URL: "https://portal.example" })[0]).toBe("http://portal.example:15011");
  expect(urlsOf({ HOST: "::", LATCHKEY_URL: "http://[2001:db8::1]:3000" })[0]).toBe("http://[2001:db8::1]:15011");
  expect(urlsOf({ LATCHKEY_URL: "https://portal.example" })[0]).toBe("http://127.0.0.1:15011");
  const given = { HOST: "0.0.0.0", LATCHKEY_URL: "http://192.0.2.2", LATCHKEY_S3_URL_NORTH: "https://s3.example" };
  expect(urlsOf(given)).toEqual(["https://s3.example", "http://192.0.2.2:15012"]);
});

test.each(["0.0.0.0", "::", "0:0:0:0:0:0:0:0"])("with HOST=%s the portal's address must be given", (HOST) => {
  expect(() => planSettings({ HOST, PORT: "80" })).toThrow(
    "LATCHKEY_URL: when HOST is all addresses, the address that browsers use",
  );
});

test.each([
  { LATCHKEY_URL: "http://portal.example" },
  { LATCHKEY_URL: "http://192.0.2.2:3000" },
  { LATCHKEY_URL: "http://localhost.example" },
  { HOST: "192.0.2.2" },
])("plain http that others reach is refused unless it is allowed: %o", (given) => {
  expect(() => planSettings(given)).toThrow("LATCHKEY_URL: an https address, because passwords");
  expect(planSettings({ ...given, LATCHKEY_ALLOW_HTTP: "1" }).LATCHKEY_URL).toMatch(/^http:/);
});

test.each(["http://127.0.0.1:3000", "http://localhost:3000", "http://[::1]:3000", "https://portal.example"])(
  "%s needs no permission",
  (url) => {
    expect(planSettings({ LATCHKEY_URL: url }).LATCHKEY_URL).toBe(url);
  },
);

test("an empty value counts as missing", () => {
  expect(planSettings({ PORT: "", LATCHKEY_URL: "", DATABASE_URL: "" })).toMatchObject({
    PORT: 3000,
    LATCHKEY_URL: "http://localhost:3000",
  });
});

test.each([
  ["HOST", "portal.sesame"],
  ["PORT", "sesame"],
  ["PORT", "0"],
  ["PORT", "65536"],
  ["PORT", "3000.5"],
  ["S3_PORT", "65535"],
  ["DATABASE_URL", "mysql://sesame@db/latchkey"],
  ["LATCHKEY_URL", "portal.sesame"],
  ["LATCHKEY_URL", "https://portal.sesame/path"],
  ["LATCHKEY_URL", "ftp://portal.sesame"],
  ["LATCHKEY_ALLOW_HTTP", "sesame"],
  ["LATCHKEY_S3_URL_NORTH", "https://user:sesame@s3.example"],
  ["LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/8, sesame"],
  ["LATCHKEY_TRUSTED_PROXIES", "10.0.0.0/33"],
  ["LATCHKEY_TRUSTED_PROXIES", "::/0"],
  ["LATCHKEY_ALLOWED_ADDRESSES", "169.254.0.0/33, sesame"],
  ["LATCHKEY_ALLOWED_ADDRESSES", "http://sesame"],
  ["LATCHKEY_MASTER_KEY_FORMER", "sesame"],
  ["LATCHKEY_MASTER_KEY", "sesame"],
  ["LATCHKEY_SESSION_SECRET", "sesame"],
  ["LATCHKEY_WEB_HEAP_MB", "sesame"],
  ["LATCHKEY_WEB_HEAP_MB", "64"],
  ["LATCHKEY_WORKER_HEAP_MB", "192.5"],
  ["LATCHKEY_CHECK_SECONDS", "1"],
  ["LOG_LEVEL", "sesame"],
])("%s=%s is refused by name, without its value", (name, value) => {
  const read = () => planSettings({ [name]: value });
  expect(read).toThrow(`${name}: `);
  expect(read).not.toThrow("sesame");
});

test("all invalid settings are named in one error", () => {
  const read = () => planSettings({ PORT: "x", LOG_LEVEL: "y" });
  expect(read).toThrow(/PORT: [^]*LOG_LEVEL: /);
});

test("complete settings survive the way through the environment", () => {
  const key = Buffer.alloc(32, 7).toString("base64");
  const secrets = {
    LATCHKEY_MASTER_KEY: key,
    LATCHKEY_SESSION_SECRET: key,
    LATCHKEY_S3_ADMIN_TOKEN: key,
    LATCHKEY_HEALTH_TOKEN: key,
  };
  const settings = finishSettings(planSettings({ PORT: "3100" }), secrets, "postgresql://u:p@127.0.0.1:5432/latchkey");
  const environment = toEnvironment(settings);
  expect(finishSettings(planSettings(environment), {}, environment.DATABASE_URL ?? "")).toEqual(settings);
  expect(environment).toMatchObject({ NEXTAUTH_URL: "http://localhost:3100", NEXTAUTH_SECRET: key });
});
