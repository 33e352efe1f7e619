import { beforeAll, beforeEach, expect, test } from "vitest";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { parseMasterKey, seal } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { composeInput } from "@/lib/regions/administration/compose-input";
import { sealRotation } from "@/lib/regions/administration/read-rotation";
import { credentialsContext, findRegion, openCredentials, toRegionInput } from "@/lib/regions/data";
import { loadRegion } from "@/lib/regions/loaders";
import { putRegion } from "@/lib/regions/mutations";
import type { RegionInput } from "@/lib/regions/schema";
import { startTestDatabase } from "@/testing/database/test-database";

const MASTER_KEY = parseMasterKey(env.LATCHKEY_MASTER_KEY);
const CREDENTIALS = { password: "the new password", rgwAccessKeyId: "RGWADMIN", rgwSecretAccessKey: "its secret" };
const SETTINGS = {
  identityUrl: "https://keystone.example.org/v3",
  userName: "latchkey",
  projectName: "service",
  rgwAdminUrl: "https://rgw.example.org",
};

beforeAll(() => startTestDatabase());
beforeEach(async () => {
  await db.region.deleteMany();
  const place = { endpoint: "https://s3.example.org", signingRegion: "default", gateways: [] };
  const { id } = await db.region.create({ data: { ...place, name: "old", provider: "keystone", settings: SETTINGS } });
  const sealed = seal(JSON.stringify(CREDENTIALS), MASTER_KEY, credentialsContext(id));
  await db.region.update({ where: { id }, data: { sealedCredentials: Uint8Array.from(sealed) } });
});

/** As if the former password was not proved refused. */
async function leaveOpen(): Promise<void> {
  const { id } = await findRegion("old");
  const secret = JSON.stringify({ ...CREDENTIALS, password: "the former password" });
  const sealedRotation = sealRotation(id, { phase: "ending", secret, plannedAt: new Date(0).toISOString() });
  const problem = { rotationError: "nothing listens there", rotatingUntil: new Date() };
  await db.region.update({ where: { id }, data: { sealedRotation, ...problem } });
}
const change = async (changes: Partial<RegionInput>, despiteRotation = true) => {
  const region = { ...toRegionInput(await findRegion("old")), ...changes };
  await withTransaction((tx) => putRegion(tx, SYSTEM_ACTOR, region, MASTER_KEY, { despiteRotation }));
};
const withPassword = (password: string) => new Secret(JSON.stringify({ ...CREDENTIALS, password }));
const countEvents = (event: string) => db.auditEvent.count({ where: { event } });

test("a region with an open rotation is changed only on demand; the former credentials stay listed, and nothing is lost", async () => {
  await leaveOpen();
  const { sealedRotation } = await findRegion("old");
  await expect(change({ signingRegion: "other" }, false)).rejects.toMatchObject({ code: "CONFLICT" });
  const wish = { name: "old", signingRegion: "other" };
  expect(await composeInput({ kind: "changed", region: wish })).toMatchObject({
    problems: [expect.stringContaining("or give despiteRotation")],
  });
  expect(await composeInput({ kind: "changed", region: { ...wish, despiteRotation: true } })).toMatchObject({
    ok: true,
  });
  await change({ signingRegion: "other", credentials: withPassword("a third one") });
  // The worker goes on at once.
  expect(await findRegion("old")).toMatchObject({ sealedRotation, rotatingUntil: null, signingRegion: "other" });
  const detail = (await loadRegion("old"))?.region;
  expect(detail?.rotation).toEqual({
    phase: "ending",
    since: new Date(0).toISOString(),
    credentials: { rgwAccessKeyId: "RGWADMIN" },
    problem: "nothing listens there",
  });
  expect(JSON.stringify(detail)).not.toContain("the former password");
});

test.each<[string, string, Partial<RegionInput>]>([
  [
    "the former credentials count again",
    "region.rotation-undone",
    { credentials: withPassword("the former password") },
  ],
  [
    "the former password goes to no other user",
    "region.rotation-given-up",
    { settings: { ...SETTINGS, userName: "x" } },
  ],
])("%s: the rotation is closed, and the audit log says so", async (_why, event, changes) => {
  const before = await countEvents(event);
  await leaveOpen();
  // The same said in another way.
  await change({ settings: { ...SETTINGS, userDomain: "Default" } });
  expect(await countEvents(event)).toBe(before);
  await change(changes);
  expect(await findRegion("old")).toMatchObject({ sealedRotation: null, rotatingUntil: null, rotationError: null });
  expect(await countEvents(event)).toBe(before + 1);
});

test("an optional credential is removed by an empty text, and a required one is not", async () => {
  const compose = (region: object) => composeInput({ kind: "changed", region: { name: "old", ...region } });
  const without = { settings: { rgwAdminUrl: "" }, credentials: { rgwAccessKeyId: "", rgwSecretAccessKey: "" } };
  const { password } = CREDENTIALS;
  const composed = await compose(without);
  const input = "input" in composed ? composed.input : undefined;
  expect(JSON.parse(input?.credentials.reveal() ?? "")).toEqual({ password });
  expect(input?.settings).not.toHaveProperty("rgwAdminUrl");
  const moved = { ...without, settings: { rgwAdminUrl: "https://other.example.org" } };
  expect(await compose(moved)).toMatchObject({ problems: [expect.stringContaining("give them again")] });
  expect(await compose({ credentials: { rgwSecretAccessKey: "" } })).toMatchObject({
    problems: [expect.stringContaining("must be given together")],
  });
  expect(await compose({ credentials: { password: "" } })).toMatchObject({
    problems: [expect.stringContaining("Password of the service user")],
  });
  expect(openCredentials(await findRegion("old")).reveal()).toBe(JSON.stringify(CREDENTIALS));
  expect((await loadRegion("old"))?.region.givenCredentials).toEqual(Object.keys(CREDENTIALS));
});
