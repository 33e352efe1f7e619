import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { SupportHeader } from "@/components/access-keys/support/support-header";
import { RevocationList } from "@/components/bulk-revocations/revocation-list";
import { RevokeMany } from "@/components/bulk-revocations/revoke-many";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Section } from "@/components/layout/section";
import { Empty } from "@/components/ui/empty";
import { listBulkRevocations } from "@/lib/bulk-revocations/loaders/progress";
import { requirePlatform } from "@/lib/gate/page";
import { listRegionNames } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "Bulk revoke" };

const PATH = "/support/bulk-revoke";

export default async function BulkRevokePage({ searchParams }: { searchParams: SearchParameters }) {
  await requirePlatform("keys:bulk-revoke");
  const cursor = readParameter((await searchParams).cursor);
  const [regions, { rows, next }] = await Promise.all([
    listRegionNames(),
    loadPage(PATH, () => listBulkRevocations(cursor)),
  ]);
  return (
    <>
      <SupportHeader />
      <Section
        id="bulk-revoke"
        title="Bulk revoke"
        description="Ends many keys at once. First look at the preview: nothing is changed before you confirm."
      >
        <RevokeMany regions={regions} />
      </Section>
      <Section id="past" title="Bulk revocations">
        {rows.length > 0 ? (
          <RevocationList rows={rows} />
        ) : (
          <Empty title="No bulk revocation yet">Choose keys above to start one.</Empty>
        )}
        <Pager path={PATH} cursor={cursor} next={next} />
      </Section>
    </>
  );
}
