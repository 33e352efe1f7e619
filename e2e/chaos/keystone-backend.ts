import { runAdmin } from "../fixtures/admin";
import type { OwnPortal } from "../fixtures/own-portal";
import { type KeystoneSession, signInToKeystone } from "@/testing/rig/keystone-seed";
import { runRadosgwAdmin } from "@/testing/rig/ceph";
import type { Rig, RigKeystone } from "@/testing/rig/rig";
import { type ReadKeyPut, startTcpProxy } from "@/testing/proxies/tcp-proxy";
import { type Backend, type ListedKey, UNREADABLE } from "./backends";
import type { KnownPair } from "./signed-request";

/**
 * Makes the region `openstack` of a rig at its gateway that asks Keystone without a cache, with a proxy in front of
 * that, of Keystone and of radosgw's admin interface, by which a project without a key is suspended.
 */
export async function addKeystoneBackend(portal: OwnPortal, rig: Rig): Promise<Backend> {
  const region = "openstack";
  const signingRegion = "default";
  const endpoint = rig.gateways.find(({ kind }) => kind === "uncached")?.endpoint;
  const { keystone } = rig;
  if (!endpoint || !keystone) throw new Error("the rig has no gateway that asks Keystone without a cache");
  const [identity, rgw, gateway] = await Promise.all([
    startTcpProxy(keystone.url, readKeystonePut),
    startTcpProxy(rig.adminUrl),
    startTcpProxy(endpoint),
  ]);
  const { userName, projectName, password } = keystone.user;
  const settings = [
    ...[`identityUrl=${identity.url}/v3`, `userName=${userName}`, `projectName=${projectName}`, "role=member+"],
    ...["cacheSeconds=0", `rgwAdminUrl=${rgw.url}`, "exclusive=true"],
  ];
  const flags = [
    ...["--provider", "keystone", "--endpoint", endpoint, "--signing-region", signingRegion, "--gateway", gateway.url],
    ...["--setting", ...settings],
  ];
  const credentials = {
    password,
    rgwAccessKeyId: rig.admin.accessKeyId,
    rgwSecretAccessKey: rig.admin.secretAccessKey,
  };
  await runAdmin(portal.facts, ["region", "create", region, ...flags], JSON.stringify(credentials));
  return {
    region,
    signingRegion,
    gateways: [endpoint],
    proxies: [
      { name: "openstack admin", proxy: identity },
      { name: "openstack rgw admin", proxy: rgw },
      { name: "openstack gateway", proxy: gateway },
    ],
    listKeys: async () => listKeys(await signIn(keystone)),
    listSuspended: async () => listSuspended(await signIn(keystone), rig.options.folder),
    witness: await makeWitness(await signIn(keystone)),
  };
}

const signIn = ({ url, adminPassword }: RigKeystone): Promise<KeystoneSession> =>
  signInToKeystone(url, "admin", adminPassword, "admin");

interface Named {
  id: string;
  name: string;
}

async function listPrincipals({
  call,
}: KeystoneSession): Promise<{ users: Map<string, string>; projects: Map<string, string> }> {
  const { users } = await call<{ users: Named[] }>("GET", "/users");
  const { projects } = await call<{ projects: Named[] }>("GET", "/projects");
  const toNames = (of: Named[]) =>
    new Map(of.filter(({ name }) => name.startsWith("lk-")).map(({ id, name }) => [id, name]));
  return { users: toNames(users), projects: toNames(projects) };
}

/** Every ec2 credential of a robot, or for a robot's project, whoever it is of. */
async function listKeys(session: KeystoneSession): Promise<ListedKey[]> {
  const { users, projects } = await listPrincipals(session);
  const { credentials } = await session.call<{ credentials: { user_id: string; project_id: string; blob: string }[] }>(
    "GET",
    "/credentials?type=ec2",
  );
  return credentials.flatMap(({ user_id, project_id, blob }): ListedKey[] => {
    const user = users.get(user_id);
    const project = projects.get(project_id);
    if (user === undefined && project === undefined) return [];
    const { access } = JSON.parse(blob) as { access: string };
    return [
      {
        accessKeyId: access,
        principal: user === project ? String(user) : `${user ?? user_id} in ${project ?? project_id}`,
      },
    ];
  });
}

/** RGW calls its user by the id of the project, and has one only once the project was used. */
async function listSuspended(session: KeystoneSession, folder: string): Promise<string[]> {
  const { projects } = await listPrincipals(session);
  const uids = JSON.parse(await runRadosgwAdmin(folder, ["user", "list"])) as string[];
  const found: string[] = [];
  for (const uid of uids.filter((one) => projects.has(one))) {
    const { suspended } = JSON.parse(await runRadosgwAdmin(folder, ["user", "info", `--uid=${uid}`])) as {
      suspended: number;
    };
    if (suspended) found.push(projects.get(uid) ?? uid);
  }
  return found;
}

/** A pair that nobody ends. */
async function makeWitness({ call }: KeystoneSession): Promise<KnownPair> {
  const { users } = await call<{ users: Named[] }>("GET", "/users?name=admin");
  const { projects } = await call<{ projects: Named[] }>("GET", "/projects?name=admin");
  const made = await call<{ credential: { access: string; secret: string } }>(
    "POST",
    `/users/${users[0]?.id}/credentials/OS-EC2`,
    {
      tenant_id: projects[0]?.id,
    },
  );
  return { accessKeyId: made.credential.access, secretAccessKey: made.credential.secret };
}

/** A credential is named by a hash in its path, and by its access key id in the body alone. */
export const readKeystonePut: ReadKeyPut = (method, path, body) => {
  if (method !== "POST" || new URL(path, "http://127.0.0.1").pathname !== "/v3/credentials") return undefined;
  try {
    const { credential } = JSON.parse(body) as { credential: { blob: string } };
    return (JSON.parse(credential.blob) as { access: string }).access;
  } catch {
    return UNREADABLE;
  }
};
