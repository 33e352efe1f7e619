import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { AdministrationHeader } from "@/components/installation/administration-header";
import { Section } from "@/components/layout/section";
import { JoinProject } from "@/components/members/join/join-project";
import { RegionAccess } from "@/components/projects/region-access";
import { RenameProject } from "@/components/projects/rename-project";
import { SwitchProject } from "@/components/projects/switch-project";
import { formatCount } from "@/components/ui/bytes";
import { Fact, Facts } from "@/components/ui/facts";
import { SwitchedState } from "@/components/ui/switched-state";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import { requirePlatform } from "@/lib/gate/page";
import { findProject } from "@/lib/gate/scope";
import { AppError } from "@/lib/platform/errors";
import { loadProject } from "@/lib/projects/loaders";

export const metadata: Metadata = { title: "Project" };

export default async function AdminProjectPage({ params }: { params: Promise<{ slug: string }> }) {
  const actor = await requirePlatform("installation:read");
  const { slug } = await params;
  const project = await loadProject(slug).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "NOT_FOUND") notFound();
    throw error;
  });
  const { name, createdAt, disabledAt, members, admins, restricted, regions } = project;
  const isAdmin = (await findProject(actor.userId, slug))?.role === "admin";
  const liveKeys = regions.reduce((sum, region) => sum + region.liveKeys, 0);
  return (
    <>
      <AdministrationHeader />
      <Section id="project" title={name} description={<TextLink href="/admin/projects">All projects</TextLink>}>
        <div className="grid gap-4">
          <Facts>
            <Fact name="Slug">
              <span className="font-mono text-[0.8125rem]">{slug}</span>
            </Fact>
            <Fact name="State">
              <SwitchedState disabledAt={disabledAt} />
            </Fact>
            <Fact name="Created">
              <Time iso={createdAt} />
            </Fact>
            <Fact name="Members">
              {formatCount(members)}, of them {admins === 1 ? "1 admin" : `${admins} admins`}
            </Fact>
            <Fact name="Keys">{liveKeys === 0 ? "None" : `${liveKeys} whose end is not decided`}</Fact>
            <Fact name="Pages">
              <span className="flex flex-wrap gap-x-4">
                <TextLink href={`/projects/${slug}/object-storage`}>Object Storage</TextLink>
                <TextLink href={`/projects/${slug}/members`}>Members</TextLink>
                <TextLink href={`/projects/${slug}/activity`}>Activity</TextLink>
              </span>
            </Fact>
          </Facts>
          <div className="flex flex-wrap gap-2">
            <RenameProject project={slug} name={name} />
            {isAdmin || disabledAt ? null : <JoinProject project={slug} />}
            <SwitchProject project={slug} name={name} disabled={disabledAt !== null} liveKeys={liveKeys} />
          </div>
        </div>
      </Section>
      <Section
        id="regions"
        title="Regions"
        description={
          restricted
            ? "The project may use only the regions that an administrator chose. Keys elsewhere work on."
            : "The project may use all regions, also those that come later."
        }
      >
        <RegionAccess project={slug} restricted={restricted} regions={regions} />
      </Section>
    </>
  );
}
