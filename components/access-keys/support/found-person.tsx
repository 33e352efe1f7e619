import { Fragment } from "react";
import { composeAddress } from "@/components/layout/parameters";
import { Fact, Facts } from "@/components/ui/facts";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import type { PersonDetail } from "@/lib/support/schema";

const PLATFORM_ROLES: Record<string, string> = { support: "Support", "platform-admin": "Platform admin" };

/** The account of a person that support has found. */
export function FoundPerson({ person }: { person: PersonDetail }) {
  return (
    <article aria-labelledby="found-person" className="mb-6 rounded-lg border bg-surface shadow-low">
      <h2 id="found-person" className="border-b px-4 py-3 font-semibold [overflow-wrap:anywhere]">
        <bdi>{person.name}</bdi>
      </h2>
      <div className="px-4 py-3.5">
        <Facts>
          <Fact name="Email">
            <span className="[overflow-wrap:anywhere]">{person.email}</span>
          </Fact>
          <Fact name="Account">
            {person.disabled ? <span className="text-warn">Disabled: cannot sign in</span> : "Enabled"}
          </Fact>
          {person.platformRole ? (
            <Fact name="Role">{PLATFORM_ROLES[person.platformRole] ?? person.platformRole}</Fact>
          ) : null}
          <Fact name="Since">
            <Time iso={person.since} />
          </Fact>
          <Fact name="Projects">
            {person.projects.length === 0 ? "None" : null}
            {person.projects.map(({ project, name, role, disabled }, index) => (
              <Fragment key={project}>
                {index > 0 ? <span aria-hidden>·</span> : null}
                <span className="[overflow-wrap:anywhere]">
                  <TextLink href={composeAddress("/support", { by: "project", text: project })}>
                    <bdi>{name}</bdi>
                  </TextLink>{" "}
                  ({role}
                  {disabled ? ", disabled" : ""})
                </span>
              </Fragment>
            ))}
            {person.moreProjects ? <span>and more</span> : null}
          </Fact>
        </Facts>
      </div>
    </article>
  );
}
