import { randomUUID } from "node:crypto";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import type { PlatformRole, ProjectRole } from "@/lib/gate/permissions";
import type { Actor } from "@/lib/gate/scope";
import { setMember } from "@/lib/members/mutations";
import { hashPassword } from "@/lib/platform/crypto/password";
import { createProject } from "@/lib/projects/mutations";
import { createUser } from "@/lib/users/mutations";
import type { PrismaClient } from "@/prisma/generated/client";

/** The hash of a password that nobody knows. Each hash takes 30 ms of a processor, and tests make many people. */
let unknownPassword: Promise<string> | undefined;

/** A person with a platform role or none, and with a password that nobody knows unless the options have one. */
export async function makeUser(
  database: PrismaClient,
  name: string,
  options: { platformRole?: PlatformRole; password?: string } = {},
): Promise<Actor> {
  const email = `${name.toLowerCase()}-${randomUUID()}@example.test`;
  const platformRole = options.platformRole ?? null;
  const passwordHash = await (options.password === undefined
    ? (unknownPassword ??= hashPassword(randomUUID()))
    : hashPassword(options.password));
  const { id } = await database.$transaction((tx) =>
    createUser(tx, SYSTEM_ACTOR, { email, name, platformRole, passwordHash }),
  );
  return { userId: id, name, email, platformRole };
}

/** A project with the given people in it. */
export async function makeProject(
  database: PrismaClient,
  members: [Actor, ProjectRole][] = [],
): Promise<{ id: string; slug: string }> {
  const slug = `p-${randomUUID().slice(0, 8)}`;
  return database.$transaction(async (tx) => {
    const { id } = await createProject(tx, SYSTEM_ACTOR, { slug, name: `Project ${slug}` });
    for (const [member, role] of members)
      await setMember(tx, SYSTEM_ACTOR, { project: slug, email: member.email, role });
    return { id, slug };
  });
}
