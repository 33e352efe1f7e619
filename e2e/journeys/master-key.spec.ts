import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runAdmin } from "../fixtures/admin";
import { type OwnPortal, startOwnPortal } from "../fixtures/own-portal";
import { type PortalClient, signInToPortal } from "../fixtures/portal-client";
import { aws, type S3Credentials } from "../fixtures/s3-tools";
import { expect, personOf, test } from "../fixtures/test";

const SLOT = { project: "demo", region: "north" };

let portal: OwnPortal;
let mia: PortalClient;

test.beforeAll(async () => {
  portal = await startOwnPortal();
  mia = await signInToPortal(portal.facts.url, personOf(portal.facts, "member+"));
});
test.afterAll(() => portal.stop());

async function changeKey(change: "enable" | "regenerate"): Promise<S3Credentials> {
  const issued = await mia[change](SLOT);
  if (issued.kind !== "data" || !issued.data.ok || issued.data.outcome !== "issued")
    throw new Error(JSON.stringify(issued));
  const { operationId, ...key } = issued.data;
  await mia.acknowledge({ project: SLOT.project, operationId });
  return key;
}
const works = async (key: S3Credentials) => (await aws(key, ["s3", "ls"])).code === 0;

test("the master key is rotated while everything runs, and nothing fails before, between or after the restarts", async () => {
  const first = await changeKey("enable");
  expect(await works(first)).toBe(true);
  const before = await readFile(join(portal.facts.dataDir, "secrets.json"), "utf8");

  expect(await runAdmin(portal.facts, ["master-key", "rotate"])).toMatch(
    /Made a new key.*\nEncrypted the credentials of 2 regions again\. All are now encrypted with key [0-9a-f]{16}/,
  );
  const after = JSON.parse(await readFile(join(portal.facts.dataDir, "secrets.json"), "utf8")) as Record<
    string,
    string
  >;
  expect(before).not.toContain(after.LATCHKEY_MASTER_KEY);
  expect(before).toContain(after.LATCHKEY_MASTER_KEY_FORMER);

  // The web server and the worker were started with the former key.
  const second = await changeKey("regenerate");
  expect(await works(second)).toBe(true);
  await portal.crash("builtin-s3");
  await expect.poll(() => works(second)).toBe(true);

  await portal.crashAll();
  await portal.startAgain();
  expect(await works(second)).toBe(true);
  mia = await signInToPortal(portal.facts.url, personOf(portal.facts, "member+"));
  const third = await changeKey("regenerate");
  expect(await works(third)).toBe(true);
});
