import type { ReactNode } from "react";
import { loadPage } from "@/app/load-page";
import { FoundKey } from "@/components/access-keys/support/found-key";
import { FoundPerson } from "@/components/access-keys/support/found-person";
import { FoundProject } from "@/components/access-keys/support/found-project";
import { KeyResults } from "@/components/access-keys/support/key-results";
import { ResultList } from "@/components/access-keys/support/result-list";
import { Pager } from "@/components/layout/pager";
import { composeAddress } from "@/components/layout/parameters";
import { Empty } from "@/components/ui/empty";
import { Notice } from "@/components/ui/notice";
import { loadCards } from "@/lib/access-keys/loaders/cards";
import { lookUpKey } from "@/lib/access-keys/loaders/find-key";
import type { KeyPage } from "@/lib/access-keys/loaders/search-keys";
import { can, restsOnPlatformRole } from "@/lib/gate/permissions";
import { type Actor, authorizeProject } from "@/lib/gate/scope";
import { findKeys, searchByEmail, searchByProject } from "@/lib/support/loaders";
import { mayBeWholeId } from "@/lib/support/rules";
import type { SearchKind } from "@/lib/support/schema";

const PATH = "/support";

interface SearchResultsProps {
  actor: Actor;
  by: SearchKind;
  text: string;
  cursor: string | undefined;
}

/** What a search of support found. A whole access key leads straight to its key. */
export async function SearchResults(props: SearchResultsProps) {
  const { by, text } = props;
  if (by === "email") return <PeopleResults {...props} />;
  if (by === "project") return <ProjectResults {...props} />;
  const found = mayBeWholeId(text) ? await lookUpKey(props.actor, text) : undefined;
  if (!found) return <PartResults {...props} />;
  const scope = await authorizeProject(props.actor, found.project.slug, "keys:read");
  return (
    <>
      {found.accessKeyId === text ? null : (
        <Notice look="info" role="status" className="mb-4">
          The text was typed in small letters. Access keys have capital letters: this is {found.accessKeyId}.
        </Notice>
      )}
      <FoundKey
        key={found.id}
        found={found}
        cards={await loadCards(scope)}
        mayDisable={can(scope.roles, "keys:disable")}
        reasonRequired={restsOnPlatformRole(scope.roles, "keys:disable")}
      />
    </>
  );
}

async function PartResults({ actor, by, text, cursor }: SearchResultsProps) {
  const keys = await loadPage(composeAddress(PATH, { by, text }), () => findKeys(actor, { text, cursor }));
  return (
    <Keys by={by} text={text} cursor={cursor} keys={keys}>
      <Empty title="No key of this portal has this access key">
        Look for a missing or doubled character, or search for a shorter part, by email or by project. A key that was
        made elsewhere is not known here and cannot be disabled here.
      </Empty>
    </Keys>
  );
}

async function PeopleResults({ actor, by, text, cursor }: SearchResultsProps) {
  const found = await loadPage(composeAddress(PATH, { by, text }), () => searchByEmail(actor, { text, cursor }));
  if ("one" in found) {
    const { person, keys } = found.one;
    return (
      <>
        <FoundPerson person={person} />
        <h2 className="mb-3 font-semibold">Keys made by or for this person</h2>
        <Keys by={by} text={person.email} cursor={cursor} keys={keys}>
          <Empty title="This person has made no key, and none was made for them">
            Keys belong to projects: open a project of this person to see its keys.
          </Empty>
        </Keys>
      </>
    );
  }
  const { rows, next } = found.many;
  if (rows.length === 0)
    return (
      <Empty title="Nobody has this e-mail address here">
        Search for a shorter part of the address, or by access key or project. A person without an account here has made
        no key here.
      </Empty>
    );
  return (
    <>
      <ResultList
        label="People"
        by={by}
        rows={rows.map(({ email, name, disabled }) => ({ text: email, name, note: disabled ? "Disabled" : undefined }))}
      />
      <Pager path={PATH} parameters={{ by, text }} cursor={cursor} next={next} />
    </>
  );
}

async function ProjectResults({ actor, by, text, cursor }: SearchResultsProps) {
  const found = await loadPage(composeAddress(PATH, { by, text }), () => searchByProject(actor, { text, cursor }));
  if ("one" in found) {
    const { project, keys } = found.one;
    const scope = await authorizeProject(actor, project.project, "keys:read");
    return (
      <>
        <FoundProject project={project} cards={await loadCards(scope)} />
        <h2 className="mb-3 font-semibold">Keys of this project</h2>
        <Keys by={by} text={project.project} cursor={cursor} keys={keys}>
          <Empty title="This project has never had a key">
            Its members enable CLI access on the page of the project. Search for another project, or by email.
          </Empty>
        </Keys>
      </>
    );
  }
  const { rows, next } = found.many;
  if (rows.length === 0)
    return (
      <Empty title="No project has this name or slug">
        Search for a shorter part, or by the email of a member or by access key.
      </Empty>
    );
  return (
    <>
      <ResultList
        label="Projects"
        by={by}
        rows={rows.map(({ project, name, disabled }) => ({
          text: project,
          name,
          note: disabled ? "Disabled" : undefined,
        }))}
      />
      <Pager path={PATH} parameters={{ by, text }} cursor={cursor} next={next} />
    </>
  );
}

interface KeysProps {
  by: SearchKind;
  text: string;
  cursor: string | undefined;
  keys: KeyPage;
  /** What stands there when there is no key. */
  children: ReactNode;
}

function Keys({ by, text, cursor, keys, children }: KeysProps) {
  return (
    <>
      {keys.rows.length > 0 ? <KeyResults rows={keys.rows} /> : children}
      <Pager path={PATH} parameters={{ by, text }} cursor={cursor} next={keys.next} />
    </>
  );
}
