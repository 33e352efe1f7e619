import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { PageHeader } from "@/components/layout/page-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { SearchFilter } from "@/components/layout/search-filter";
import { AddMember } from "@/components/members/add-member";
import { JoinProject } from "@/components/members/join/join-project";
import { MemberTable } from "@/components/members/member-table";
import { Empty } from "@/components/ui/empty";
import { requireProject } from "@/lib/gate/page";
import { restsOnPlatformRole } from "@/lib/gate/permissions";
import { listMembers } from "@/lib/members/loaders";

export const metadata: Metadata = { title: "Members" };

interface MembersPageProps {
  params: Promise<{ slug: string }>;
  searchParams: SearchParameters;
}

export default async function MembersPage({ params, searchParams }: MembersPageProps) {
  const { slug } = await params;
  const { projectId, name, roles, actor } = await requireProject(slug, "members:manage");
  const query = await searchParams;
  const path = `/projects/${slug}/members`;
  const search = readParameter(query.search);
  const cursor = readParameter(query.cursor);
  const { rows, next } = await loadPage(path, () => listMembers(projectId, { cursor, search }));
  const byRole = actor.platformRole === null || !restsOnPlatformRole([actor.platformRole], "members:manage");
  const mayJoin = restsOnPlatformRole(roles, "members:manage");
  return (
    <>
      <PageHeader title="Members">
        Who may work in {name}, and with which role. A change counts from the person’s next request on.
      </PageHeader>
      <div className="mb-4 flex flex-wrap gap-2">
        <AddMember project={slug} />
        {mayJoin ? <JoinProject project={slug} /> : null}
      </div>
      <SearchFilter path={path} label="Members" field="Name or email" search={search} />
      {rows.length > 0 ? (
        <MemberTable project={slug} rows={rows} self={actor.email} byRole={byRole} />
      ) : (
        <NoMembers filtered={search !== undefined} />
      )}
      <Pager path={path} parameters={{ search }} cursor={cursor} next={next} />
    </>
  );
}

function NoMembers({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="Nobody matches">Search for a shorter part of the name or of the email.</Empty>
  ) : (
    <Empty title="No members yet">Add member puts a person into the project.</Empty>
  );
}
