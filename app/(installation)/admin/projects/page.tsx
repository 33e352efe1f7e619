import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Section } from "@/components/layout/section";
import { ProjectTable } from "@/components/projects/project-table";
import { Empty } from "@/components/ui/empty";
import { requirePlatform } from "@/lib/gate/page";
import { listProjects } from "@/lib/projects/loaders";

export const metadata: Metadata = { title: "Projects" };

const PATH = "/admin/projects";

export default async function AdminProjectsPage({ searchParams }: { searchParams: SearchParameters }) {
  await requirePlatform("installation:read");
  const cursor = readParameter((await searchParams).cursor);
  const { rows, next } = await loadPage(PATH, () => listProjects({ cursor }));
  return (
    <>
      <AdministrationHeader />
      <Section
        id="projects"
        title="Projects"
        description="Newest first. npm run admin -- project makes and changes them."
      >
        {rows.length > 0 ? (
          <ProjectTable rows={rows} />
        ) : (
          <Empty title="No projects yet">npm run admin -- project makes one.</Empty>
        )}
        <Pager path={PATH} cursor={cursor} next={next} />
      </Section>
    </>
  );
}
