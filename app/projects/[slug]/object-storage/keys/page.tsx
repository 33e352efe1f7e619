import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { KeyFilter } from "@/components/access-keys/history/key-filter";
import { KeyTable } from "@/components/access-keys/history/key-table";
import { LiveKeyTable } from "@/components/access-keys/history/live-key-table";
import { HelpLink } from "@/components/help/help-link";
import { PageHeader } from "@/components/layout/page-header";
import { Pager } from "@/components/layout/pager";
import { composeAddress, readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Empty } from "@/components/ui/empty";
import { TextLink } from "@/components/ui/text-link";
import { loadKeyTable } from "@/lib/access-keys/loaders/key-table";
import { requireProject } from "@/lib/gate/page";
import { listRegionNames } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "S3 Keys" };

interface KeysPageProps {
  params: Promise<{ slug: string }>;
  searchParams: SearchParameters;
}

export default async function KeysPage({ params, searchParams }: KeysPageProps) {
  const { slug } = await params;
  const scope = await requireProject(slug, "keys:read");
  const query = await searchParams;
  const path = `/projects/${slug}/object-storage/keys`;
  const filter = {
    region: readParameter(query.region),
    state: readParameter(query.state),
    search: readParameter(query.search),
    name: readParameter(query.name),
    createdBy: readParameter(query.createdBy),
  };
  const place = { cursor: readParameter(query.cursor), key: readParameter(query.key) };
  const [regions, page] = await Promise.all([
    listRegionNames(),
    loadPage(path, () => loadKeyTable(scope, { ...filter, ...place })),
  ]);
  const empty = <NoKeys project={slug} filtered={Object.values(filter).some(Boolean)} />;
  return (
    <>
      <PageHeader title="S3 Keys">
        Every key of {scope.name}, current and past: who made it, who ended it, and when each gateway refused it.{" "}
        <HelpLink about="states">States and words</HelpLink>
      </PageHeader>
      <KeyFilter path={path} regions={regions} values={filter} />
      <LiveKeyTable
        address={composeAddress(`/api/projects/${slug}/keys`, { ...filter, ...place })}
        project={slug}
        initial={page}
        empty={empty}
      >
        {page.rows.length > 0 ? <KeyTable project={slug} rows={page.rows} opened={page.opened} /> : empty}
      </LiveKeyTable>
      <Pager path={path} parameters={filter} cursor={place.cursor} next={page.next} />
    </>
  );
}

function NoKeys({ project, filtered }: { project: string; filtered: boolean }) {
  return filtered ? (
    <Empty title="No key matches">
      Choose another region or state, search for a shorter part of the access key, or leave out the name or the person.
    </Empty>
  ) : (
    <Empty title="No keys yet">
      Keys are made on the{" "}
      <TextLink href={`/projects/${project}/object-storage#credentials`}>cards of the regions</TextLink>, by an admin or
      a member+ of the project. Every key is listed here from then on.
    </Empty>
  );
}
