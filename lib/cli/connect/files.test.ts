import { expect, test } from "vitest";
import { planFiles } from "@/lib/cli/connect/files";
import { findAlias, replaceAlias } from "@/lib/cli/connect/mc-config";
import { findPair, replacePair } from "@/lib/cli/connect/s3fs-file";
import type { Connection } from "@/lib/clients/rules";

const connection: Connection = {
  region: "north",
  profile: "north",
  readOnly: false,
  endpoint: "https://s3.example.org",
  signingRegion: "north-1",
  plainUploads: false,
  accessKeyId: "LKAAA0000000000000AA",
  secretAccessKey: "abcDEF0123456789abcDEF0123456789abcDEF01",
};
const alias = {
  url: "https://s3.example.org",
  accessKey: "LKAAA0000000000000AA",
  secretKey: "abcDEF0123456789abcDEF0123456789abcDEF01",
  api: "S3v4",
  path: "on",
};
const HOME = "/home/ada";
const pathsOf = (client: Parameters<typeof planFiles>[0], env: Record<string, string> = {}) =>
  planFiles(client, { profile: "north", env: { HOME, ...env } }).map(({ path }) => path);

test("every client has its files in the folder of the person, or where its variables say", () => {
  expect(pathsOf("aws")).toEqual(["/home/ada/.aws/config", "/home/ada/.aws/credentials"]);
  expect(pathsOf("aws", { AWS_CONFIG_FILE: "~/c", AWS_SHARED_CREDENTIALS_FILE: "/s/k" })).toEqual([
    "/home/ada/c",
    "/s/k",
  ]);
  expect(pathsOf("s3cmd")).toEqual(["/home/ada/.s3cfg-north"]);
  expect(pathsOf("rclone")).toEqual(["/home/ada/.config/rclone/rclone.conf"]);
  expect(pathsOf("rclone", { XDG_CONFIG_HOME: "/x" })).toEqual(["/x/rclone/rclone.conf"]);
  expect(pathsOf("rclone", { XDG_CONFIG_HOME: "/x", RCLONE_CONFIG: "/r.conf" })).toEqual(["/r.conf"]);
  expect(pathsOf("mc")).toEqual(["/home/ada/.mc/config.json"]);
  expect(pathsOf("mc", { MC_CONFIG_DIR: "/m" })).toEqual(["/m/config.json"]);
  expect(pathsOf("s3fs")).toEqual(["/home/ada/.passwd-s3fs-north"]);
});

test("the profiles of the AWS tools have more than one spelling, and a section without the word is none", () => {
  const merge = (profile: string, text: string) =>
    planFiles("aws", { profile, env: { HOME } })[0].merge(text, { ...connection, profile });
  for (const header of ["[profile north]", '[profile "north"]', "[ profile   north ]"])
    expect(merge("north", `${header}\nregion = old\n`)).not.toContain("old");
  expect(merge("north", "[north]\nregion = kept\n")).toContain("kept");
  for (const header of ["[default]", "[profile default]"]) {
    const merged = merge("default", `${header}\nregion = old\n`);
    expect(merged).not.toContain("old");
    expect(merged).toContain("[default]");
  }
});

test("a section of services that another profile may use is told of before it is replaced", () => {
  const [{ find, place }] = planFiles("aws", { profile: "north", env: { HOME } });
  expect(place).toBe("sections [profile north] and [services north]");
  expect(find("[services north]\ns3 =\n  endpoint_url = https://other\n")).toEqual({});
  expect(find("[profile north]\naws_access_key_id = LKOLD\n")).toEqual({ accessKeyId: "LKOLD" });
  expect(find("[profile south]\nregion = x\n")).toBeUndefined();
});

test("an encrypted file of rclone is refused", () => {
  const [{ find, merge }] = planFiles("rclone", { profile: "north", env: { HOME } });
  for (const text of [
    "# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nabc\n",
    "RCLONE_ENCRYPT_V0:\nabc\n",
  ]) {
    expect(() => find(text)).toThrow("is encrypted");
    expect(() => merge(text, connection)).toThrow("is encrypted");
  }
  expect(find("[north]\naccess_key_id = LKOLD\n")).toEqual({ accessKeyId: "LKOLD" });
});

test("an alias of mc is added and replaced, and everything else keeps its place", () => {
  expect(JSON.parse(replaceAlias("p", "", "north", alias))).toEqual({ version: "10", aliases: { north: alias } });
  const old = {
    version: "10",
    aliases: { play: { url: "u", accessKey: "k" }, north: { url: "o", accessKey: "LKOLD" }, z: { url: "z" } },
    more: [1, { a: null }],
  };
  for (const indent of ["\t", "  "]) {
    const text = JSON.stringify(old, null, indent);
    expect(findAlias("p", text, "north")).toEqual({ accessKeyId: "LKOLD" });
    const expected = { ...old, aliases: { ...old.aliases, north: alias } };
    expect(replaceAlias("p", text, "north", alias)).toBe(JSON.stringify(expected, null, indent));
  }
  expect(findAlias("p", JSON.stringify(old), "toString")).toBeUndefined();
});

test.each([
  ["{", "is not valid JSON"],
  ["[]", "is no file of mc"],
  ['{"aliases": []}', "is no file of mc"],
  ['{"version": "9", "hosts": {}}', "another version of mc"],
])("a file of mc with %s is refused without a word of it", (text, why) => {
  expect(() => replaceAlias("p", text, "north", alias)).toThrow(why);
  expect(() => findAlias("p", text, "north")).toThrow(why);
});

test("mc takes no alias that begins with a digit", () => {
  expect(() => replaceAlias("p", "", "1st", alias)).toThrow("begins with a letter");
});

test("the pair of s3fs for every bucket is replaced, and those of single buckets stay", () => {
  const file = "# mine\nphotos:LKB:s\nLKOLD:old\n";
  expect(findPair(file)).toEqual({ accessKeyId: "LKOLD" });
  expect(replacePair(file, "LKNEW:new\n")).toBe("# mine\nphotos:LKB:s\nLKNEW:new\n");
  expect(replacePair("photos:LKB:s", "LKNEW:new\n")).toBe("photos:LKB:s\nLKNEW:new\n");
  expect(replacePair("", "LKNEW:new\n")).toBe("LKNEW:new\n");
  expect(findPair("photos:LKB:s\n")).toBeUndefined();
});
