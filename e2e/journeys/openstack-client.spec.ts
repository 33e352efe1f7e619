import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAdmin } from "../fixtures/admin";
import { askGateway } from "../fixtures/ask-gateway";
import { hasOpenstackClient, openstack } from "../fixtures/openstack-client";
import type { PortalFacts } from "../fixtures/portal";
import { aws, type S3Credentials } from "../fixtures/s3-tools";
import { expect, personOf, test } from "../fixtures/test";

const PROJECT = "for-openstack";
const NO_REGION = "There are several regions: north, south. Set OS_REGION_NAME, or --os-region-name, to one of them.";

test.describe.configure({ mode: "serial" });
test.skip(!hasOpenstackClient, "needs the Debian package python3-openstackclient");

let token: string;
/** What the log must not hold. */
const secrets: string[] = [];

test.beforeAll(async ({ workerPortal: portal }) => {
  const { email } = personOf(portal, "member+");
  await runAdmin(portal, ["project", "create", PROJECT, "--name", "For OpenStack"]);
  await runAdmin(portal, ["member", "set", PROJECT, email, "member+"]);
  const create = ["token", "create", email, "--name", "openstack", "--project", PROJECT];
  token = (await runAdmin(portal, create)).trim();
  secrets.push(token);
});

/** The environment of docs/openstack-client.md, with an access token. */
const withToken = ({ url }: PortalFacts) => ({
  OS_AUTH_URL: `${url}/identity/v3`,
  OS_AUTH_TYPE: "v3applicationcredential",
  OS_APPLICATION_CREDENTIAL_ID: "latchkey",
  OS_APPLICATION_CREDENTIAL_SECRET: token,
});

/** The same with a password. */
function withPassword(portal: PortalFacts, password = personOf(portal, "member+").password) {
  return {
    OS_AUTH_URL: `${portal.url}/identity/v3`,
    OS_USERNAME: personOf(portal, "member+").email,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: PROJECT,
    OS_USER_DOMAIN_NAME: "Default",
    OS_PROJECT_DOMAIN_NAME: "Default",
  };
}

/** `openstack ec2 credentials` in a region. Throws when it fails. */
async function ec2(environment: Record<string, string>, region: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await openstack(
    { ...environment, OS_REGION_NAME: region },
    ...["ec2", "credentials", ...args],
  );
  if (code !== 0) throw new Error(`ec2 credentials ${args.join(" ")}: ${stderr}`);
  return stdout;
}

async function create(
  environment: Record<string, string>,
  portal: PortalFacts,
  region: string,
): Promise<S3Credentials> {
  const { access, secret } = JSON.parse(await ec2(environment, region, "create", "-f", "json")) as Record<
    string,
    string
  >;
  const place = portal.regions.find(({ name }) => name === region);
  if (!place || !access || !secret) throw new Error(`no key in ${region}`);
  secrets.push(secret);
  return { accessKeyId: access, secretAccessKey: secret, endpoint: place.endpoint, signingRegion: place.signingRegion };
}

const ask = (key: S3Credentials) => askGateway(key.endpoint, key.signingRegion, key);
const listIds = async (environment: Record<string, string>, region: string) =>
  (await ec2(environment, region, "list", "-f", "value", "-c", "Access")).split("\n").filter(Boolean);

test("create gives a pair for one region, list and show tell no secret, and delete ends the pair", async ({
  portal,
}) => {
  const [north, south] = await Promise.all([
    create(withToken(portal), portal, "north"),
    create(withPassword(portal), portal, "south"),
  ]);
  expect((await aws(north, ["s3", "ls"])).code).toBe(0);
  expect(await Promise.all([north, south].map(ask))).toEqual(["accepted", "accepted"]);
  expect(await ask({ ...north, endpoint: south.endpoint, signingRegion: south.signingRegion })).toBe("refused");

  const second = await create(withPassword(portal), portal, "north");
  expect(await ask(second)).toBe("accepted");
  const [listed, shown] = await Promise.all([
    ec2(withToken(portal), "north", "list", "-f", "json"),
    ec2(withPassword(portal), "north", "show", north.accessKeyId, "-f", "json"),
  ]);
  expect(
    (JSON.parse(listed) as { Access: string; Secret: null }[]).map(({ Access, Secret }) => [Access, Secret]),
  ).toEqual([
    [north.accessKeyId, null],
    [second.accessKeyId, null],
  ]);
  expect(JSON.parse(shown)).toMatchObject({ access: north.accessKeyId, secret: null });
  const reply = await fetch(`${portal.url}/api/v1/projects/${PROJECT}/keys?region=north`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { keys } = (await reply.json()) as { keys: { accessKeyId: string; name: string | null }[] };
  expect(keys.map(({ accessKeyId, name }) => [accessKeyId, name])).toEqual([
    [second.accessKeyId, "openstack-1"],
    [north.accessKeyId, null],
  ]);

  await ec2(withToken(portal), "north", "delete", north.accessKeyId);
  await expect.poll(() => ask(north), { timeout: 120_000 }).toBe("refused");
  expect((await aws(north, ["s3", "ls"])).code).not.toBe(0);
  expect(await Promise.all([second, south].map(ask))).toEqual(["accepted", "accepted"]);
  const [left] = await Promise.all([
    listIds(withToken(portal), "north"),
    ec2(withToken(portal), "south", "delete", south.accessKeyId),
  ]);
  expect(left).toEqual([second.accessKeyId]);
  await ec2(withPassword(portal), "north", "delete", second.accessKeyId);
  await expect.poll(() => Promise.all([second, south].map(ask)), { timeout: 120_000 }).toEqual(["refused", "refused"]);
});

test("without a region every command is refused with the regions' names, and no region gets a key", async ({
  portal,
}) => {
  const commands = [["create"], ["list"], ["show", "LKNOSUCHKEY"], ["delete", "LKNOSUCHKEY"]];
  const outcomes = await Promise.all(
    commands.map((args, turn) =>
      openstack(turn % 2 === 0 ? withToken(portal) : withPassword(portal), "ec2", "credentials", ...args),
    ),
  );
  for (const { code, stderr } of outcomes) expect([code, stderr]).toEqual([1, expect.stringContaining(NO_REGION)]);
  expect(await Promise.all(["north", "south"].map((region) => listIds(withToken(portal), region)))).toEqual([[], []]);
});

test("refusals are sentences", async ({ portal }) => {
  const list = ["--os-region-name", "north", "ec2", "credentials", "list"];
  const [wrong, guess, project, key, region] = await Promise.all([
    openstack(withPassword(portal, "wrong"), ...list),
    openstack({ ...withToken(portal), OS_APPLICATION_CREDENTIAL_SECRET: "lkt_guess" }, ...list),
    openstack({ ...withPassword(portal), OS_PROJECT_NAME: "nowhere" }, ...list),
    openstack(withToken(portal), "--os-region-name", "north", "ec2", "credentials", "delete", "LKNOSUCHKEY"),
    openstack(withToken(portal), "--os-region-name", "nowhere", "ec2", "credentials", "list"),
  ]);
  expect([wrong, guess, project, key, region].map(({ code }) => code)).toEqual([1, 1, 1, 1, 1]);
  expect(wrong.stderr).toContain("The e-mail address or the password is wrong, or the account is disabled.");
  expect(wrong.stderr).toContain("(HTTP 401)");
  expect(guess.stderr).toContain("The token is missing, unknown, expired or revoked. Nothing was changed. (HTTP 401)");
  expect(project.stderr).toContain("There is no project with this name or id for you.");
  expect(key.stderr).toContain("This is not there, or not for you. Nothing was changed. (HTTP 404)");
  expect(region.stderr).toContain("endpoint for identity service in nowhere region not found");
});

test("a clouds.yaml works, and so do the commands that tell the token, the projects and the regions", async ({
  portal,
}) => {
  const file = join(await mkdtemp(join(tmpdir(), "latchkey-clouds-")), "clouds.yaml");
  const cloud = `clouds:
  latchkey:
    auth_type: v3applicationcredential
    auth:
      auth_url: ${portal.url}/identity
      application_credential_id: latchkey
      application_credential_secret: ${token}
    region_name: south
`;
  await writeFile(file, cloud, { mode: 0o600 });
  const inCloud = { OS_CLIENT_CONFIG_FILE: file, OS_CLOUD: "latchkey" };
  const { email } = personOf(portal, "member+");
  const [listed, named, projects, issued, catalog] = await Promise.all([
    openstack(inCloud, "ec2", "credentials", "list"),
    openstack(inCloud, "ec2", "credentials", "list", "--user", email),
    openstack({ ...withPassword(portal), OS_REGION_NAME: "north" }, "project", "list", "--my-projects", "-f", "value"),
    openstack(inCloud, "token", "issue", "-f", "json"),
    openstack(inCloud, "catalog", "list"),
  ]);
  expect([listed, named, projects, issued, catalog].map(({ code, stderr }) => [code, stderr])).toEqual(
    Array(5).fill([0, ""]),
  );
  expect(projects.stdout).toContain(PROJECT);
  expect(Object.keys(JSON.parse(issued.stdout) as object)).toEqual(["expires", "id", "project_id", "user_id"]);
  expect(catalog.stdout).toContain(`${portal.url}/identity/regions/south/v3`);
  secrets.push((JSON.parse(issued.stdout) as { id: string }).id);
});

test("the portal's log holds no password, no token and no secret", async ({ portal }) => {
  const log = await readFile(join(portal.dataDir, "up.log"), "utf8");
  const hidden = [...secrets, personOf(portal, "member+").password];
  expect(hidden.length).toBeGreaterThan(4);
  expect(hidden.filter((secret) => log.includes(secret))).toEqual([]);
});
