import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { PageHeader } from "@/components/layout/page-header";
import { Pager } from "@/components/layout/pager";
import { composeAddress, readParameter, type SearchParameters } from "@/components/layout/parameters";
import { SearchFilter } from "@/components/layout/search-filter";
import { ProjectList } from "@/components/projects/project-list";
import { Empty } from "@/components/ui/empty";
import { requireActor } from "@/lib/gate/page";
import { listOwnProjects } from "@/lib/projects/loaders";

export const metadata: Metadata = { title: "Projects" };

const PATH = "/projects";

export default async function ProjectsPage({ searchParams }: { searchParams: SearchParameters }) {
  const actor = await requireActor();
  const query = await searchParams;
  const search = readParameter(query.search);
  const cursor = readParameter(query.cursor);
  const { rows, next } = await loadPage(composeAddress(PATH, { search }), () =>
    listOwnProjects(actor, { cursor, search }),
  );
  return (
    <>
      <PageHeader title="Projects">The projects you are a member of, the newest first.</PageHeader>
      <SearchFilter path={PATH} label="Projects" field="Name" search={search} />
      {rows.length > 0 ? <ProjectList projects={rows} /> : <NoProjects filtered={search !== undefined} />}
      <Pager path={PATH} parameters={{ search }} cursor={cursor} next={next} />
    </>
  );
}

function NoProjects({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No project matches">Search for a shorter part of the name.</Empty>
  ) : (
    <Empty title="You are in no project yet">
      Ask an administrator of this portal to add you to one; it appears here then.
    </Empty>
  );
}
