import type { Metadata } from "next";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Section } from "@/components/layout/section";
import { AddRegion } from "@/components/regions/settings/add-region";
import { requirePlatform } from "@/lib/gate/page";
import { loadProviderForms } from "@/lib/regions/loaders";

export const metadata: Metadata = { title: "Add region" };

export default async function AddRegionPage() {
  await requirePlatform("installation:manage");
  return (
    <>
      <AdministrationHeader />
      <Section id="add-region" title="Add region" description="The region is saved when its check passed.">
        <AddRegion forms={loadProviderForms()} />
      </Section>
    </>
  );
}
