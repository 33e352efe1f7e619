import type { ReactNode } from "react";
import { Shell } from "@/components/layout/shell";
import { requireProject } from "@/lib/gate/page";
import { can } from "@/lib/gate/permissions";
import { BUILD } from "@/lib/platform/config/build";
import { listSwitcherProjects } from "@/lib/projects/loaders";

interface ProjectLayoutProps {
  params: Promise<{ slug: string }>;
  children: ReactNode;
}

export default async function ProjectLayout({ params, children }: ProjectLayoutProps) {
  const { slug } = await params;
  const { actor, name, roles } = await requireProject(slug, "storage:read");
  const { projects, more } = await listSwitcherProjects(actor);
  const navigation = {
    projects,
    moreProjects: more,
    project: {
      slug,
      name,
      keys: can(roles, "keys:read"),
      members: can(roles, "members:read"),
      activity: can(roles, "activity:read-own"),
    },
    support: can(roles, "keys:find"),
    administration: can(roles, "installation:read"),
  };
  return (
    <Shell person={actor} build={BUILD} navigation={navigation}>
      {children}
    </Shell>
  );
}
