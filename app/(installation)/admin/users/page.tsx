import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { SearchFilter } from "@/components/layout/search-filter";
import { Section } from "@/components/layout/section";
import { AddUser } from "@/components/managed-users/add-user";
import { UserTable } from "@/components/managed-users/user-table";
import { Empty } from "@/components/ui/empty";
import { requirePlatform } from "@/lib/gate/page";
import { listUsers } from "@/lib/users/loaders";

export const metadata: Metadata = { title: "Users" };

const PATH = "/admin/users";

export default async function AdminUsersPage({ searchParams }: { searchParams: SearchParameters }) {
  const actor = await requirePlatform("installation:read");
  const query = await searchParams;
  const search = readParameter(query.search);
  const cursor = readParameter(query.cursor);
  const { rows, next } = await loadPage(PATH, () => listUsers({ cursor, search }));
  return (
    <>
      <AdministrationHeader />
      <Section
        id="users"
        title="Users"
        description="Who can sign in, newest first. A change counts from the next request on."
      >
        <div className="mb-4">
          <AddUser />
        </div>
        <SearchFilter path={PATH} label="Users" field="Name or email" search={search} />
        {rows.length > 0 ? (
          <UserTable rows={rows} self={actor.email} />
        ) : (
          <Empty title="Nobody matches">Search for a shorter part of the name or of the email.</Empty>
        )}
        <Pager path={PATH} parameters={{ search }} cursor={cursor} next={next} />
      </Section>
    </>
  );
}
