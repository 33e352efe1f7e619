import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Section } from "@/components/layout/section";
import { RegionFacts } from "@/components/regions/settings/region-facts";
import { RegionActions } from "@/components/regions/settings/region-actions";
import { requirePlatform } from "@/lib/gate/page";
import { loadRegion } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "Region" };

export default async function RegionPage({ params }: { params: Promise<{ region: string }> }) {
  await requirePlatform("installation:manage");
  const found = await loadRegion((await params).region);
  if (!found) notFound();
  return (
    <>
      <AdministrationHeader />
      <Section id="region" title={found.region.name} description={found.form.title}>
        <RegionFacts region={found.region} form={found.form} />
        <RegionActions region={found.region} />
      </Section>
    </>
  );
}
