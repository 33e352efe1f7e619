import type { Metadata } from "next";
import { loadPage } from "@/app/load-page";
import { PageHeader } from "@/components/layout/page-header";
import { Pager } from "@/components/layout/pager";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { CreateToken } from "@/components/own-tokens/create-token";
import { TokenTable } from "@/components/own-tokens/token-table";
import { Empty } from "@/components/ui/empty";
import { TOKEN_DAYS_MAX } from "@/lib/api-tokens/schema";
import { requireSomewhere } from "@/lib/gate/page";
import { listOwnTokens, listTokenPlaces } from "@/lib/own-tokens/loaders";

export const metadata: Metadata = { title: "Access tokens" };

const PATH = "/account/tokens";

export default async function AccessTokensPage({ searchParams }: { searchParams: SearchParameters }) {
  const actor = await requireSomewhere("tokens:own");
  const cursor = readParameter((await searchParams).cursor);
  const [{ rows, next }, places] = await Promise.all([
    loadPage(PATH, () => listOwnTokens(actor, { cursor })),
    listTokenPlaces(actor),
  ]);
  return (
    <>
      <PageHeader title="Access tokens">
        With a token a program uses the API in your name. Your tokens end when your password changes.
      </PageHeader>
      <div className="mb-4">
        <CreateToken places={places} daysMax={TOKEN_DAYS_MAX} />
      </div>
      {rows.length > 0 ? (
        <TokenTable rows={rows} />
      ) : (
        <Empty title="No access tokens yet">Create token makes one for a script or another program.</Empty>
      )}
      <Pager path={PATH} cursor={cursor} next={next} />
    </>
  );
}
