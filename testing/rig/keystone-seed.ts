import type { RigSecrets } from "./settings";

/** A scoped token and the call that uses it; for the rig's own set-up and for tests that make people. */
export interface KeystoneSession {
  call: <T>(method: string, path: string, body?: object) => Promise<T>;
}

/** Signs in with a password, scoped to a project of the default domain. */
export async function signInToKeystone(
  url: string,
  name: string,
  password: string,
  project: string,
): Promise<KeystoneSession> {
  const domain = { name: "Default" };
  const body = {
    auth: {
      identity: { methods: ["password"], password: { user: { name, domain, password } } },
      scope: { project: { name: project, domain } },
    },
  };
  const reply = await fetch(`${url}/auth/tokens`, {
    method: "POST",
    headers: JSON_HEADERS,
    body: JSON.stringify(body),
    signal: timeout(),
  });
  const token = reply.headers.get("x-subject-token");
  if (reply.status !== 201 || !token) throw new Error(`Keystone refused ${name}: ${reply.status}`);
  await reply.body?.cancel();
  return {
    async call<T>(method: string, path: string, sent?: object): Promise<T> {
      const answer = await fetch(`${url}${path}`, {
        method,
        headers: { ...JSON_HEADERS, "x-auth-token": token },
        ...(sent ? { body: JSON.stringify(sent) } : {}),
        signal: timeout(),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`Keystone: ${method} ${path} answered ${answer.status}`);
      return (text ? JSON.parse(text) : undefined) as T;
    },
  };
}

/** A paused Keystone accepts connections and never answers. */
const timeout = () => AbortSignal.timeout(20_000);

const JSON_HEADERS = { "content-type": "application/json" };

/** Whom the portal signs in as. */
export const PORTAL_USER = { userName: "latchkey", projectName: "service" };

/** What the gateways and the portal need of Keystone: their users, the role member+, the S3 service in the catalogue. */
export async function seedKeystone(url: string, secrets: RigSecrets, endpoint: string): Promise<void> {
  const admin = await signInToKeystone(url, "admin", secrets.keystoneAdminPassword, "admin");
  const roles = await admin.call<{ roles: { name: string; id: string }[] }>("GET", "/roles");
  const adminRole = roles.roles.find(({ name }) => name === "admin")?.id ?? "";
  await admin.call("POST", "/roles", { role: { name: "member+" } });
  const { project } = await admin.call<{ project: { id: string } }>("POST", "/projects", {
    project: { name: PORTAL_USER.projectName, domain_id: "default" },
  });
  const users = [
    ["rgw", secrets.keystoneGatewayPassword],
    [PORTAL_USER.userName, secrets.keystonePortalPassword],
  ];
  for (const [name, password] of users) {
    const { user } = await admin.call<{ user: { id: string } }>("POST", "/users", {
      user: { name, domain_id: "default", password },
    });
    // Only an admin may ask Keystone about other people's credentials, as radosgw and the portal do.
    await admin.call("PUT", `/projects/${project.id}/users/${user.id}/roles/${adminRole}`);
  }
  const { service } = await admin.call<{ service: { id: string } }>("POST", "/services", {
    service: { name: "rgw-s3", type: "s3" },
  });
  await admin.call("POST", "/endpoints", {
    endpoint: { service_id: service.id, interface: "public", region_id: "RegionOne", url: endpoint },
  });
}
