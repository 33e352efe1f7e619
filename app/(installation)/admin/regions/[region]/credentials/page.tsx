import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Section } from "@/components/layout/section";
import { RegionForm } from "@/components/regions/settings/region-form";
import { requirePlatform } from "@/lib/gate/page";
import { loadRegion } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "Replace credentials" };

export default async function ReplaceCredentialsPage({ params }: { params: Promise<{ region: string }> }) {
  await requirePlatform("installation:manage");
  const found = await loadRegion((await params).region);
  if (!found || found.region.declared) notFound();
  return (
    <>
      <AdministrationHeader />
      <Section
        id="credentials"
        title={`Replace credentials: ${found.region.name}`}
        description="The new ones are checked before they are saved. The present ones are never shown."
      >
        <RegionForm kind="credentials" form={found.form} region={found.region} />
      </Section>
    </>
  );
}
