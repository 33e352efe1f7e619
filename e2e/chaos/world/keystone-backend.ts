import { type ReadCreatedKey, startTcpProxy } from "@/testing/proxies/tcp-proxy";
import { runRadosgwAdmin } from "@/testing/rig/ceph";
import { type KeystoneSession, signInToKeystone } from "@/testing/rig/keystone-seed";
import type { Rig, RigKeystone } from "@/testing/rig/rig";
import { runAdmin } from "../../fixtures/admin";
import type { OwnPortal } from "../../fixtures/own-portal";
import type { AccessKey } from "../../fixtures/access-key";
import { type Backend, type ListedKey, UNREADABLE } from "./backend";

/**
 * Creates the region `openstack` on a rig, at the rig's gateway that asks Keystone without a cache. There is a proxy
 * in front of that gateway, of Keystone, and of radosgw's admin interface (through which the portal suspends users).
 */
export async function addKeystoneBackend(portal: OwnPortal, rig: Rig): Promise<Backend> {
  const region = "openstack";
  const signingRegion = "default";
  const endpoint = rig.gateways.find(({ kind }) => kind === "uncached")?.endpoint;
  const { keystone } = rig;
  if (!endpoint || !keystone) throw new Error("the rig has no gateway that asks Keystone without a cache");
  const [identity, rgw, gateway] = await Promise.all([
    startTcpProxy(keystone.url, readCreatedCredential),
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
    witness: await createWitness(await signIn(keystone)),
  };
}

const signIn = ({ url, adminPassword }: RigKeystone): Promise<KeystoneSession> =>
  signInToKeystone(url, "admin", adminPassword, "admin");

interface Named {
  id: string;
  name: string;
}

/** The portal's users and projects in Keystone, name by id. */
async function listPrincipals({
  call,
}: KeystoneSession): Promise<{ users: Map<string, string>; projects: Map<string, string> }> {
  const { users } = await call<{ users: Named[] }>("GET", "/users");
  const { projects } = await call<{ projects: Named[] }>("GET", "/projects");
  const toNames = (of: Named[]) =>
    new Map(of.filter(({ name }) => name.startsWith("lk-")).map(({ id, name }) => [id, name]));
  return { users: toNames(users), projects: toNames(projects) };
}

/** Every ec2 credential that belongs to a user of the portal or to a project of the portal. */
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
    const principal = user === project ? String(user) : `${user ?? user_id} in ${project ?? project_id}`;
    return [{ accessKeyId: access, principal }];
  });
}

/** RGW names its user by the id of the project, and has that user only after the project's first use. */
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

/** A key of Keystone's own admin. Nobody revokes it. */
async function createWitness({ call }: KeystoneSession): Promise<AccessKey> {
  const { users } = await call<{ users: Named[] }>("GET", "/users?name=admin");
  const { projects } = await call<{ projects: Named[] }>("GET", "/projects?name=admin");
  const { credential } = await call<{ credential: { access: string; secret: string } }>(
    "POST",
    `/users/${users[0]?.id}/credentials/OS-EC2`,
    { tenant_id: projects[0]?.id },
  );
  return { accessKeyId: credential.access, secretAccessKey: credential.secret };
}

/** Keystone's path names a credential by a hash. Only the body holds the access key id. */
export const readCreatedCredential: ReadCreatedKey = (method, path, body) => {
  if (method !== "POST" || new URL(path, "http://127.0.0.1").pathname !== "/v3/credentials") return undefined;
  try {
    const { credential } = JSON.parse(body) as { credential: { blob: string } };
    return (JSON.parse(credential.blob) as { access: string }).access;
  } catch {
    return UNREADABLE;
  }
};
