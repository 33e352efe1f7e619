import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { BUCKETS_SHOWN, readBucketQuery } from "@/app/read-bucket-query";
import { CredentialsSection } from "@/components/access-keys/card/credentials-section";
import { Explanations } from "@/components/help/explanations";
import { PageHeader } from "@/components/layout/page-header";
import { composeAddress, readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Section } from "@/components/layout/section";
import { JoinNotice } from "@/components/members/join/join-notice";
import { NoOpenRegion, NoRegion } from "@/components/regions/no-region";
import { LiveOverview } from "@/components/regions/live-overview";
import { Overview } from "@/components/regions/overview";
import { type BucketPlace, listParameters, readPlace } from "@/components/usage/buckets/bucket-place";
import { Buckets } from "@/components/usage/buckets/buckets";
import { type HistoryChoice, readHistoryChoice, writeHistoryChoice } from "@/components/usage/chart/history-choice";
import { UsageHistory } from "@/components/usage/chart/usage-history";
import { loadCards } from "@/lib/access-keys/loaders/cards";
import { requireProject } from "@/lib/gate/page";
import { can, restsOnPlatformRole } from "@/lib/gate/permissions";
import { loadJoins } from "@/lib/members/loaders";
import { loadOverview } from "@/lib/regions/loaders";
import { listBuckets, loadHistory, loadUsage } from "@/lib/usage/loaders";

export const metadata: Metadata = { title: "Object Storage Dashboard" };

interface ObjectStoragePageProps {
  params: Promise<{ slug: string }>;
  searchParams: SearchParameters;
}

export default async function ObjectStoragePage({ params, searchParams }: ObjectStoragePageProps) {
  const { slug } = await params;
  const scope = await requireProject(slug, "storage:read");
  const { roles } = scope;
  const query = await searchParams;
  const path = `/projects/${slug}/object-storage`;
  const choice = readHistoryChoice(readParameter(query.range), readParameter(query.figure));
  const place = readPlace(path, writeHistoryChoice(choice), (name) => readParameter(query[name]));
  const [cards, joins, regions, usages, history, buckets] = await Promise.all([
    can(roles, "keys:read") ? loadCards(scope) : undefined,
    loadJoins(scope),
    loadOverview(scope),
    loadUsage(scope),
    loadHistory(scope, choice.range),
    loadPage(path, async () => listBuckets(scope, readBucketQuery(toQuery(place)), BUCKETS_SHOWN)),
  ]);
  const permissions = {
    issue: can(roles, "keys:issue"),
    disable: can(roles, "keys:disable"),
    reasonRequired: restsOnPlatformRole(roles, "keys:disable"),
  };
  const overview = { regions, mayIssue: permissions.issue };
  const mayManage = can(roles, "installation:manage");
  const isOpen = regions.some(({ service }) => service !== "closed");
  return (
    <>
      <PageHeader title="Object Storage Dashboard">Project {scope.name}</PageHeader>
      {joins.length > 0 ? <JoinNotice project={slug} joins={joins} /> : null}
      <Section id="overview" title="Overview">
        {regions.length === 0 ? (
          <NoRegion mayAdd={mayManage} />
        ) : (
          <>
            {isOpen ? null : <NoOpenRegion project={slug} mayOpen={mayManage} />}
            <LiveOverview project={slug} initial={usages} {...overview}>
              <Overview usages={usages} {...overview} />
            </LiveOverview>
          </>
        )}
      </Section>
      <Section
        id="usage"
        title="Usage"
        description="What the project stores, as the storage systems tell it each hour."
      >
        <UsageHistory
          points={history}
          hasFigures={usages.some(({ figures }) => figures !== null)}
          choice={choice}
          now={new Date()}
          addressOf={(other) => composeUsageAddress(place, other)}
        />
      </Section>
      <Section id="buckets" title="Buckets">
        <Buckets
          project={slug}
          page={buckets}
          place={place}
          usages={usages}
          regions={regions.filter(({ service }) => service === "ok" || service === "unreachable")}
          showsCards={cards !== undefined}
          mayIssue={isOpen ? permissions.issue : undefined}
        />
      </Section>
      {cards ? (
        <Section
          id="credentials"
          title="Object Storage Credentials"
          description="One access key for each region, for aws, s3cmd, rclone and every other program that speaks S3."
        >
          <CredentialsSection project={slug} initialCards={cards} permissions={permissions} />
        </Section>
      ) : null}
      <Explanations />
    </>
  );
}

/** The address of this page with another choice of the history. The buckets stay as they are. */
function composeUsageAddress(place: BucketPlace, choice: HistoryChoice): string {
  const parameters = { ...listParameters(place), cursor: place.cursor, ...writeHistoryChoice(choice) };
  return `${composeAddress(place.path, parameters)}#usage`;
}

const toQuery = ({ region, search, sort, order, cursor }: BucketPlace) => ({ region, search, sort, order, cursor });
