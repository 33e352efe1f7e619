import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { KeyFilter } from "@/components/access-keys/history/key-filter";
import { KeyTable } from "@/components/access-keys/history/key-table";
import { PageHeader } from "@/components/layout/page-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Empty } from "@/components/ui/empty";
import { loadKeyHistory } from "@/lib/access-keys/loaders/key-history";
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
  };
  const cursor = readParameter(query.cursor);
  const [regions, { rows, next }] = await Promise.all([
    listRegionNames(),
    loadPage(path, () => loadKeyTable(scope, { ...filter, cursor })),
  ]);
  const row = rows.find(({ id }) => id === readParameter(query.key));
  const opened = row && { id: row.id, history: await loadKeyHistory(scope, row.id) };
  return (
    <>
      <PageHeader title="S3 Keys">
        Every key of {scope.name}, current and past: who made it, who ended it, and when each gateway refused it.
      </PageHeader>
      <KeyFilter path={path} regions={regions} values={filter} />
      {rows.length > 0 ? (
        <KeyTable rows={rows} opened={opened} />
      ) : (
        <NoKeys filtered={Object.values(filter).some(Boolean)} />
      )}
      <Pager path={path} parameters={filter} cursor={cursor} next={next} />
    </>
  );
}

function NoKeys({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No key matches">
      Choose another region or state, or search for a shorter part of the access key.
    </Empty>
  ) : (
    <Empty title="No keys yet">
      Enable CLI access on the Object Storage Dashboard. Every key is listed here from then on.
    </Empty>
  );
}
