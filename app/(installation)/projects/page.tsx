import type { Metadata } from "next";
import { PageHeader } from "@/components/layout/page-header";
import { ProjectList } from "@/components/projects/project-list";
import { Empty } from "@/components/ui/empty";
import { requireActor } from "@/lib/gate/page";
import { listMyProjects } from "@/lib/projects/loaders";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage() {
  const projects = await listMyProjects(await requireActor());
  return (
    <>
      <PageHeader title="Projects">The projects you are a member of.</PageHeader>
      {projects.length > 0 ? (
        <ProjectList projects={projects} />
      ) : (
        <Empty title="You are in no project yet">
          Ask an administrator of this portal to add you to one; it appears here then.
        </Empty>
      )}
    </>
  );
}
