import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { loadPage } from "@/app/load-page";
import { SupportHeader } from "@/components/access-keys/support/support-header";
import { ExportLinks } from "@/components/bulk-revocations/export-links";
import { LiveRevocation } from "@/components/bulk-revocations/live-revocation";
import { Pager } from "@/components/layout/pager";
import { composeAddress, readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Section } from "@/components/layout/section";
import { Fact, Facts } from "@/components/ui/facts";
import { Time } from "@/components/ui/time";
import { findProgress } from "@/lib/bulk-revocations/loaders/progress";
import { resultSchema } from "@/lib/bulk-revocations/schema";
import { requirePlatform } from "@/lib/gate/page";

export const metadata: Metadata = { title: "Bulk revocation" };

interface BulkRevocationPageProps {
  params: Promise<{ id: string }>;
  searchParams: SearchParameters;
}

export default async function BulkRevocationPage({ params, searchParams }: BulkRevocationPageProps) {
  await requirePlatform("keys:bulk-revoke");
  const { id } = await params;
  const query = await searchParams;
  const cursor = readParameter(query.cursor);
  const result = resultSchema.safeParse(readParameter(query.result)).data;
  const path = `/support/bulk-revoke/${id}`;
  const initial = await loadPage(path, () => findProgress(id, { cursor, result }));
  if (!initial) notFound();
  const { revocation, page } = initial;
  return (
    <>
      <SupportHeader />
      <Section id="bulk-revocation" title="Bulk revocation">
        <div className="grid gap-4">
          <Facts>
            <Fact name="Started">
              <Time iso={revocation.createdAt} /> by <bdi>{revocation.startedBy}</bdi>
            </Fact>
            <Fact name="Keys of">
              {revocation.chosen === null ? "a text" : `${revocation.chosenBy} ${revocation.chosen}`}
            </Fact>
            <Fact name="Reason">
              <bdi>{revocation.reason}</bdi>
            </Fact>
            {revocation.unknown > 0 ? <Fact name="Unknown in the text">{String(revocation.unknown)}</Fact> : null}
          </Facts>
          <LiveRevocation
            key={`${cursor ?? ""} ${result ?? ""}`}
            address={composeAddress(`/api/support/bulk-revocations/${id}`, { cursor, result })}
            initial={initial}
            result={result}
          >
            <ExportLinks id={id} result={result} />
          </LiveRevocation>
        </div>
        <Pager path={path} parameters={{ result }} cursor={cursor} next={page.next} />
      </Section>
    </>
  );
}
