import "server-only";
import { can } from "@/lib/gate/permissions";
import { type Actor, findProject, findScope, maySomewhere, type ProjectScope } from "@/lib/gate/scope";
import type { HelpReader } from "@/lib/help/schema";
import { db } from "@/lib/platform/db/client";
import { listSwitcherProjects } from "@/lib/projects/loaders";

/** What a person may open, for the links of the help. Links to a project lead to the one that was used last. */
export async function loadHelpReader(actor: Actor): Promise<HelpReader> {
  const scope = await findLastScope(actor);
  const platform = actor.platformRole ? [actor.platformRole] : [];
  return {
    project: scope
      ? {
          slug: scope.slug,
          name: scope.name,
          keys: can(scope.roles, "keys:read"),
          members: can(scope.roles, "members:read"),
          activity: can(scope.roles, "activity:read-own"),
        }
      : null,
    tokens: await maySomewhere(actor, "tokens:own"),
    support: can(platform, "keys:find"),
    bulkRevoke: can(platform, "keys:bulk-revoke"),
    administration: can(platform, "installation:read"),
  };
}

/** The scope in the project that the person used last, or else in one that the person is a member of. */
async function findLastScope(actor: Actor): Promise<ProjectScope | undefined> {
  const user = await db.user.findUnique({
    where: { id: actor.userId },
    select: { lastProject: { select: { slug: true } } },
  });
  const last = user?.lastProject && (await readScope(actor, user.lastProject.slug));
  if (last) return last;
  const [first] = (await listSwitcherProjects(actor)).projects;
  return first && readScope(actor, first.slug);
}

const readScope = async (actor: Actor, slug: string) =>
  findScope(actor, await findProject(actor.userId, slug), "storage:read");
