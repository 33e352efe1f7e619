import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Section } from "@/components/layout/section";
import { UserTable } from "@/components/users/user-table";
import { Empty } from "@/components/ui/empty";
import { requirePlatform } from "@/lib/gate/page";
import { listUsers } from "@/lib/users/loaders";

export const metadata: Metadata = { title: "Users" };

const PATH = "/admin/users";

export default async function AdminUsersPage({ searchParams }: { searchParams: SearchParameters }) {
  await requirePlatform("installation:read");
  const cursor = readParameter((await searchParams).cursor);
  const { rows, next } = await loadPage(PATH, () => listUsers({ cursor }));
  return (
    <>
      <AdministrationHeader />
      <Section id="users" title="Users" description="Newest first. npm run admin -- user makes and changes them.">
        {rows.length > 0 ? (
          <UserTable rows={rows} />
        ) : (
          <Empty title="No users here">npm run admin -- user makes one.</Empty>
        )}
        <Pager path={PATH} cursor={cursor} next={next} />
      </Section>
    </>
  );
}
