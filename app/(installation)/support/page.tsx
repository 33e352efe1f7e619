import type { Metadata } from "next";
import { FindKeyForm } from "@/components/access-keys/support/find-key-form";
import { FoundKey } from "@/components/access-keys/support/found-key";
import { SupportHeader } from "@/components/access-keys/support/support-header";
import { readParameter, type SearchParameters } from "@/components/layout/parameters";
import { Empty } from "@/components/ui/empty";
import { loadCards } from "@/lib/access-keys/loaders/cards";
import { lookUpKey } from "@/lib/access-keys/loaders/find-key";
import { requirePlatform } from "@/lib/gate/page";
import { can, restsOnPlatformRole } from "@/lib/gate/permissions";
import { type Actor, authorizeProject } from "@/lib/gate/scope";

export const metadata: Metadata = { title: "Support" };

export default async function SupportPage({ searchParams }: { searchParams: SearchParameters }) {
  const actor = await requirePlatform("keys:find");
  const accessKeyId = readParameter((await searchParams)["access-key"]);
  return (
    <>
      <SupportHeader />
      <p className="mb-5 max-w-2xl text-muted">
        Find a key by its access key. See who owns it and what happened to it, and disable it. Secret keys are kept
        nowhere and cannot be seen here.
      </p>
      <FindKeyForm value={accessKeyId} />
      {accessKeyId ? <Result actor={actor} accessKeyId={accessKeyId} /> : null}
    </>
  );
}

async function Result({ actor, accessKeyId }: { actor: Actor; accessKeyId: string }) {
  const found = await lookUpKey(actor, accessKeyId);
  if (!found) {
    return (
      <Empty title="No key of this portal has this access key">
        Look for a missing or doubled character. A key that was made elsewhere is not known here and cannot be disabled
        here.
      </Empty>
    );
  }
  const scope = await authorizeProject(actor, found.project.slug, "keys:read");
  return (
    <FoundKey
      key={found.id}
      found={found}
      cards={await loadCards(scope)}
      mayDisable={can(scope.roles, "keys:disable")}
      reasonRequired={restsOnPlatformRole(scope.roles, "keys:disable")}
    />
  );
}
