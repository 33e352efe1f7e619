"use client";

import { useState } from "react";
import { Question } from "@/components/members/question";
import { RoleOptions, ROLES_HINT } from "@/components/members/role-options";
import { useMemberChange } from "@/components/members/use-member-change";
import { Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { ProjectRole } from "@/lib/gate/permissions";
import { setMemberRole } from "@/lib/members/actions";

interface ChangeRoleProps {
  project: string;
  member: { email: string; name: string; role: ProjectRole };
  /** Whether the row is that of the person who looks at it, and this role alone lets the person see the page. */
  own: boolean;
}

/** The select of a member's role. A choice is a question first: arrow keys change a select without a press. */
export function ChangeRole({ project, member: { email, name, role }, own }: ChangeRoleProps) {
  const [wanted, setWanted] = useState<ProjectRole>();
  const close = () => setWanted(undefined);
  const { send, isPending, refusal } = useMemberChange(
    (next: ProjectRole) => setMemberRole({ project, email, role: next, former: role }),
    close,
    own ? `/projects/${project}/object-storage` : undefined,
  );
  return (
    <>
      <div className="min-w-28 sm:-my-1.75 sm:w-max">
        <Select
          aria-label={`Role of ${name}`}
          value={role}
          onChange={(event) => setWanted(event.target.value as ProjectRole)}
        >
          <RoleOptions />
        </Select>
      </div>
      {wanted ? (
        <Question
          title="Change role"
          look={own ? "danger" : "primary"}
          busy={isPending}
          refusal={refusal}
          onYes={() => send(wanted)}
          onClose={close}
        >
          <p>
            <bdi className="font-medium break-words text-foreground">{name}</bdi> has the role {role} and gets the role{" "}
            {wanted}, from the next request on. {ROLES_HINT}
          </p>
          {own ? (
            <Notice look="warn">
              This is you. You will not see this page any more, and only another admin can give the role back.
            </Notice>
          ) : null}
        </Question>
      ) : null}
    </>
  );
}
