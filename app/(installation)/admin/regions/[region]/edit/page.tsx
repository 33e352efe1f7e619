import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Section } from "@/components/layout/section";
import { RegionForm } from "@/components/regions/settings/region-form";
import { requirePlatform } from "@/lib/gate/page";
import { loadRegion } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "Edit" };

export default async function EditRegionPage({ params }: { params: Promise<{ region: string }> }) {
  await requirePlatform("installation:manage");
  const found = await loadRegion((await params).region);
  if (!found || found.region.declared) notFound();
  return (
    <>
      <AdministrationHeader />
      <Section
        id="edit"
        title={`Edit: ${found.region.name}`}
        description="What is left empty counts as its default. The credentials stay as they are when they are left empty."
      >
        <RegionForm kind="edit" form={found.form} region={found.region} />
      </Section>
    </>
  );
}
