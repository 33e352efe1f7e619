import type { Metadata } from "next";
import { Answers } from "@/components/help/answers";
import { PageHeader } from "@/components/layout/page-header";
import { requireActor } from "@/lib/gate/page";
import { loadHelpReader } from "@/lib/help/loaders";

export const metadata: Metadata = { title: "Help" };

export default async function HelpPage() {
  const reader = await loadHelpReader(await requireActor());
  return (
    <>
      <PageHeader title="Help">
        Where things are, and what their names are here. The search of your browser finds every word on this page.
      </PageHeader>
      <Answers reader={reader} />
    </>
  );
}
