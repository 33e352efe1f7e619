import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { SearchFilter } from "@/components/layout/search-filter";
import { Section } from "@/components/layout/section";
import { AddProject } from "@/components/projects/add-project";
import { ProjectTable } from "@/components/projects/project-table";
import { Empty } from "@/components/ui/empty";
import { requirePlatform } from "@/lib/gate/page";
import { listProjects } from "@/lib/projects/loaders";

export const metadata: Metadata = { title: "Projects" };

const PATH = "/admin/projects";

export default async function AdminProjectsPage({ searchParams }: { searchParams: SearchParameters }) {
  await requirePlatform("installation:read");
  const query = await searchParams;
  const cursor = readParameter(query.cursor);
  const search = readParameter(query.search);
  const { rows, next } = await loadPage(PATH, () => listProjects({ cursor, search }));
  return (
    <>
      <AdministrationHeader />
      <Section id="projects" title="Projects" description="Newest first.">
        <div className="mb-4">
          <AddProject />
        </div>
        <SearchFilter path={PATH} label="Projects" field="Name or slug" search={search} />
        {rows.length > 0 ? <ProjectTable rows={rows} /> : <NoProjects filtered={search !== undefined} />}
        <Pager path={PATH} parameters={{ search }} cursor={cursor} next={next} />
      </Section>
    </>
  );
}

function NoProjects({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No project matches">Search for a shorter part of the name or of the slug.</Empty>
  ) : (
    <Empty title="No projects yet">Add project makes one.</Empty>
  );
}
