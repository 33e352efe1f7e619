import type { ReactNode } from "react";
import { Shell } from "@/components/layout/shell";
import { requireActor } from "@/lib/gate/page";
import { can } from "@/lib/gate/permissions";
import { authorizeProject } from "@/lib/gate/scope";
import { BUILD } from "@/lib/platform/config/build";
import { listSwitcherProjects } from "@/lib/projects/loaders";

/** The layout of the pages outside projects. A person with one project sees the entries of that project here too. */
export default async function InstallationLayout({ children }: { children: ReactNode }) {
  const actor = await requireActor();
  const { projects, more } = await listSwitcherProjects(actor);
  const only = projects.length === 1 ? projects[0] : undefined;
  const scope = only && (await authorizeProject(actor, only.slug, "storage:read"));
  const platform = actor.platformRole ? [actor.platformRole] : [];
  const navigation = {
    projects,
    moreProjects: more,
    project: scope && {
      slug: scope.slug,
      name: scope.name,
      keys: can(scope.roles, "keys:read"),
      members: can(scope.roles, "members:read"),
      activity: can(scope.roles, "activity:read-own"),
    },
    support: can(platform, "keys:find"),
    administration: can(platform, "installation:read"),
  };
  return (
    <Shell person={actor} build={BUILD} navigation={navigation}>
      {children}
    </Shell>
  );
}
