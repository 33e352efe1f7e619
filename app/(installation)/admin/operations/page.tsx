import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Pager } from "@/components/layout/pager";
import { composeAddress, readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Section } from "@/components/layout/section";
import { StateFilter } from "@/components/unfinished-changes/state-filter";
import { PolledUnfinished } from "@/components/unfinished-changes/polled-unfinished";
import { Empty } from "@/components/ui/empty";
import { requirePlatform } from "@/lib/gate/page";
import { listUnfinished } from "@/lib/unfinished-changes/loaders";

export const metadata: Metadata = { title: "Operations" };

const PATH = "/admin/operations";

export default async function AdminOperationsPage({ searchParams }: { searchParams: SearchParameters }) {
  await requirePlatform("installation:read");
  const query = await searchParams;
  const cursor = readParameter(query.cursor);
  const state = readParameter(query.state);
  const page = await loadPage(PATH, () => listUnfinished({ cursor, state }));
  const empty = state ? (
    <Empty title="Nothing in this state">Choose another state.</Empty>
  ) : (
    <Empty title="Nothing is unfinished">
      Every change of keys is settled. New ones are listed here while they run.
    </Empty>
  );
  return (
    <>
      <AdministrationHeader />
      <Section
        id="operations"
        title="Operations"
        description="Changes of keys that are not finished, newest first. The worker settles them by itself; Retry has it try now."
      >
        <StateFilter path={PATH} state={state} />
        <PolledUnfinished
          address={composeAddress("/api/admin/operations", { cursor, state })}
          initial={page}
          empty={empty}
        />
        <Pager path={PATH} parameters={{ state }} cursor={cursor} next={page.next} />
      </Section>
    </>
  );
}
