import type { Metadata } from "next";
import Link from "next/link";
import { loadPage } from "@/app/load-page";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Section } from "@/components/layout/section";
import { RegionTable } from "@/components/regions/region-table";
import { composeButtonClasses } from "@/components/ui/button-classes";
import { Empty } from "@/components/ui/empty";
import { requirePlatform } from "@/lib/gate/page";
import { listRegions } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "Regions" };

const PATH = "/admin/regions";

export default async function AdminRegionsPage({ searchParams }: { searchParams: SearchParameters }) {
  await requirePlatform("installation:read");
  const cursor = readParameter((await searchParams).cursor);
  const { rows, next } = await loadPage(PATH, () => listRegions({ cursor }));
  return (
    <>
      <AdministrationHeader />
      <Section id="regions" title="Regions" description="Newest first. Choose one to check, change or switch it.">
        <div className="mb-4">
          <Link className={composeButtonClasses({ look: "primary" })} href="/admin/regions/new">
            Add region
          </Link>
        </div>
        {rows.length > 0 ? (
          <RegionTable rows={rows} />
        ) : (
          <Empty title="No regions yet">Add region makes the first one.</Empty>
        )}
        {rows.some(({ provider }) => provider === "builtin") ? (
          <p className="mt-2 max-w-prose text-muted">
            A region on a built-in S3 server is for evaluation. Production belongs on a real storage system.
          </p>
        ) : null}
        <Pager path={PATH} cursor={cursor} next={next} />
      </Section>
    </>
  );
}
