import type { Metadata } from "next";
import { SearchResults } from "@/app/(installation)/support/search-results";
import { SearchForm } from "@/components/access-keys/support/search-form";
import { SupportHeader } from "@/components/access-keys/support/support-header";
import { HelpLink } from "@/components/help/help-link";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Empty } from "@/components/ui/empty";
import { requirePlatform } from "@/lib/gate/page";
import { readSearch } from "@/lib/support/rules";
import { SEARCH_KINDS } from "@/lib/support/schema";

export const metadata: Metadata = { title: "Support" };

export default async function SupportPage({ searchParams }: { searchParams: SearchParameters }) {
  const actor = await requirePlatform("keys:find");
  const query = await searchParams;
  // A link to one key has its id.
  const accessKeyId = readParameter(query["access-key"]);
  const asked = SEARCH_KINDS.find((kind) => kind === readParameter(query.by)) ?? "access-key";
  const typed = accessKeyId ?? readParameter(query.text);
  const search = typed === undefined ? undefined : readSearch(accessKeyId ? "access-key" : asked, typed);
  const by = search?.ok ? search.by : asked;
  return (
    <>
      <SupportHeader />
      <p className="mb-5 max-w-2xl text-muted">
        Find a key by its access key, by a person or by a project. See who owns it and what happened to it, switch it
        off or disable it. Secret keys are kept nowhere and cannot be seen here. Every search is written to the audit
        log. <HelpLink about="states">States and words</HelpLink>
      </p>
      <SearchForm by={by} text={search?.ok ? search.text : undefined} />
      {search?.ok ? (
        <SearchResults actor={actor} by={by} text={search.text} cursor={readParameter(query.cursor)} />
      ) : search ? (
        <Empty title="This was not searched for">{search.message}</Empty>
      ) : null}
    </>
  );
}
