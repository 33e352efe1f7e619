import type { Metadata } from "next";
import { Section } from "@/components/layout/section";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { FirstSteps } from "@/components/installation/first-steps";
import { Health } from "@/components/installation/health";
import { requirePlatform } from "@/lib/gate/page";
import { loadFirstSteps, loadHealth } from "@/lib/installation/loaders";

export const metadata: Metadata = { title: "Administration" };

export default async function AdminPage() {
  await requirePlatform("installation:read");
  const steps = await loadFirstSteps();
  return (
    <>
      <AdministrationHeader />
      {steps ? <FirstSteps {...steps} /> : null}
      <Section id="health" title="Health" description="As it was when this page was loaded.">
        <Health health={await loadHealth()} />
      </Section>
    </>
  );
}
