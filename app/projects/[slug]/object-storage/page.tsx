import type { Metadata } from "next";
import { Suspense } from "react";
import { CredentialsSection } from "@/components/access-keys/card/credentials-section";
import { PageHeader } from "@/components/layout/page-header";
import { Section } from "@/components/layout/section";
import { JoinNotice } from "@/components/members/join/join-notice";
import { StorageOverview, StorageOverviewSkeleton } from "@/components/regions/storage-overview";
import { loadCards } from "@/lib/access-keys/loaders/cards";
import { requireProject } from "@/lib/gate/page";
import { can, restsOnPlatformRole } from "@/lib/gate/permissions";
import type { ProjectScope } from "@/lib/gate/scope";
import { loadJoins } from "@/lib/members/loaders";
import { loadOverview } from "@/lib/regions/loaders";
import { listBuckets, loadUsage } from "@/lib/usage/loaders";
import { bucketQuery } from "@/lib/usage/schema";

export const metadata: Metadata = { title: "Object Storage Dashboard" };

/** The usual number of regions. It only sets the height of the skeleton. */
const USUAL_REGIONS = 2;

export default async function ObjectStoragePage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  const scope = await requireProject(slug, "storage:read");
  const { roles } = scope;
  const [cards, joins] = await Promise.all([can(roles, "keys:read") ? loadCards(scope) : undefined, loadJoins(scope)]);
  const permissions = {
    issue: can(roles, "keys:issue"),
    disable: can(roles, "keys:disable"),
    reasonRequired: restsOnPlatformRole(roles, "keys:disable"),
  };
  return (
    <>
      <PageHeader title="Object Storage Dashboard">Project {scope.name}</PageHeader>
      {joins.length > 0 ? <JoinNotice project={slug} joins={joins} /> : null}
      <Suspense fallback={<StorageOverviewSkeleton regions={cards?.length ?? USUAL_REGIONS} />}>
        <Overview scope={scope} />
      </Suspense>
      {cards ? (
        <Section
          id="credentials"
          title="Object Storage Credentials"
          description="One access key for each region, for aws, s3cmd, rclone and every other program that speaks S3."
        >
          <CredentialsSection project={slug} initialCards={cards} permissions={permissions} />
        </Section>
      ) : null}
    </>
  );
}

async function Overview({ scope }: { scope: ProjectScope }) {
  const [regions, usages, buckets] = await Promise.all([
    loadOverview(scope),
    loadUsage(scope),
    listBuckets(scope, bucketQuery.parse({})),
  ]);
  return (
    <StorageOverview
      regions={regions.map((region) => ({
        ...region,
        usage: usages.find((usage) => usage.region === region.name)?.figures ?? null,
        buckets: buckets.rows.filter((bucket) => bucket.region === region.name),
      }))}
    />
  );
}
