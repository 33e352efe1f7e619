import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { PageHeader } from "@/components/layout/page-header";
import { Pager } from "@/components/layout/pager";
import { composeAddress, readParameter, type SearchParameters } from "@/components/layout/parameters";
import { SearchFilter } from "@/components/layout/search-filter";
import { ProjectList } from "@/components/projects/project-list";
import { Empty } from "@/components/ui/empty";
import { TextLink } from "@/components/ui/text-link";
import { requireActor } from "@/lib/gate/page";
import { can } from "@/lib/gate/permissions";
import type { Actor } from "@/lib/gate/scope";
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
      {rows.length > 0 ? <ProjectList projects={rows} /> : <NoProjects actor={actor} filtered={search !== undefined} />}
      <Pager path={PATH} parameters={{ search }} cursor={cursor} next={next} />
    </>
  );
}

function NoProjects({ actor, filtered }: { actor: Actor; filtered: boolean }) {
  if (filtered) return <Empty title="No project matches">Search for a shorter part of the name.</Empty>;
  return (
    <Empty title="You are in no project yet">
      <NextStep actor={actor} />
    </Empty>
  );
}

/** Somebody with a platform role needs no project for their work. */
function NextStep({ actor: { email, platformRole } }: { actor: Actor }) {
  const roles = platformRole ? [platformRole] : [];
  if (can(roles, "installation:manage"))
    return (
      <>
        <TextLink href="/admin/projects">Projects in Administration</TextLink> lists all projects. Add one there, or
        join one.
      </>
    );
  if (can(roles, "keys:find"))
    return (
      <>
        You need none to help others: <TextLink href="/support">Support</TextLink> finds the keys of every project.
      </>
    );
  return (
    <>
      Keys and buckets belong to projects. Ask an admin of your project, or a platform admin of this portal, to add{" "}
      <span className="font-medium break-all text-foreground">{email}</span> to it. The project appears here then.
    </>
  );
}
