import { z } from "zod";
import { ProviderError } from "@/lib/providers/errors";
import { callIdentity, listAll, readBody, toFailure } from "@/lib/providers/keystone/identity-api";
import { type Named, namedSchema } from "@/lib/providers/keystone/replies";
import type { IdentityAccess } from "@/lib/providers/keystone/session";
import type { CallContext } from "@/lib/providers/provider";

/** A principal is a project, which owns the buckets, and a robot user of the same name, which owns the keys. */
export interface RobotAccess extends IdentityAccess {
  /** The id of the domain of both. */
  domain: string;
  /** The name of the robot's role in the project. */
  role: string;
}

export const findProject = (access: RobotAccess, principal: string, context: CallContext): Promise<Named | undefined> =>
  findByName(access, "projects", principal, context);

export const findRobot = (access: RobotAccess, principal: string, context: CallContext): Promise<Named | undefined> =>
  findByName(access, "users", principal, context);

/**
 * Creates the project, the robot and its role, as far as they are missing. The robot has no password, so nobody can
 * sign in as it.
 */
export async function ensureRobot(
  access: RobotAccess,
  principal: string,
  displayName: string,
  context: CallContext,
): Promise<void> {
  const role = await findRole(access, context);
  if (!role) throw new ProviderError("invalid", `Keystone has no role ${access.role}`);
  const project = await findOrCreate(access, "project", { name: principal, description: displayName }, context);
  const description = `Holds the S3 keys of the project ${principal}`;
  const robot = await findOrCreate(
    access,
    "user",
    { name: principal, description, default_project_id: project.id },
    context,
  );
  const answer = await callIdentity(
    access,
    "PUT",
    `/projects/${project.id}/users/${robot.id}/roles/${role.id}`,
    context,
  );
  if (answer.status !== 204) throw toFailure(answer);
}

/** The names of all principals: those that both a user and a project of the domain have. */
export async function listRobots(access: RobotAccess, context: CallContext): Promise<string[]> {
  const [users, projects] = await Promise.all(
    (["users", "projects"] as const).map((collection) =>
      listAll(access, collection, { domain_id: access.domain }, namedSchema, context),
    ),
  );
  const names = new Set(projects?.map((project) => project.name));
  return (users ?? []).map((user) => user.name).filter((name) => names.has(name));
}

/** The role of the settings. A role of the same name that belongs to a domain does not count. */
export async function findRole(access: RobotAccess, context: CallContext): Promise<Named | undefined> {
  const roles = await listAll(access, "roles", { name: access.role }, namedSchema, context);
  return roles.find((role) => role.name === access.role && !role.domain_id);
}

/** Throws `invalid` when the domain does not exist: in such a domain every principal would seem to be absent. */
export async function assertDomain(access: RobotAccess, context: CallContext): Promise<void> {
  const answer = await callIdentity(access, "GET", `/domains/${access.domain}`, context);
  if (answer.status === 404) throw new ProviderError("invalid", `Keystone has no domain with the id ${access.domain}`);
  readBody(z.object({ domain: namedSchema }))(answer);
}

async function findByName(
  access: RobotAccess,
  collection: "users" | "projects",
  name: string,
  context: CallContext,
): Promise<Named | undefined> {
  const found = await listAll(access, collection, { name, domain_id: access.domain }, namedSchema, context);
  // Checked again here: Keystone ignores a filter that it does not know.
  return found.find((one) => one.name === name && one.domain_id === access.domain);
}

async function findOrCreate(
  access: RobotAccess,
  kind: "user" | "project",
  wanted: { name: string } & Record<string, string>,
  context: CallContext,
): Promise<Named> {
  const collection = `${kind}s` as const;
  const known = await findByName(access, collection, wanted.name, context);
  if (known) return known;
  const answer = await callIdentity(access, "POST", `/${collection}`, context, {
    [kind]: { ...wanted, domain_id: access.domain },
  });
  if (answer.status === 409) {
    const meanwhile = await findByName(access, collection, wanted.name, context);
    if (meanwhile) return meanwhile;
  }
  return readBody(z.object({ [kind]: namedSchema }), 201)(answer)[kind] as Named;
}
