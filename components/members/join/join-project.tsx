"use client";

import { useState } from "react";
import { Question } from "@/components/members/question";
import { RoleOptions } from "@/components/members/role-options";
import { useMemberChange } from "@/components/members/use-member-change";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/input";
import { joinProject } from "@/lib/members/actions";
import { JOIN_ROLES } from "@/lib/members/schema";

type JoinRole = (typeof JOIN_ROLES)[number];

/** The button with which a platform admin joins a project, with the question. */
export function JoinProject({ project }: { project: string }) {
  const [open, setOpen] = useState(false);
  const [role, setRole] = useState<JoinRole>("member+");
  const close = () => setOpen(false);
  const { send, isPending, refusal } = useMemberChange(
    (wanted: JoinRole) => joinProject({ project, role: wanted }),
    close,
  );
  return (
    <>
      <Button onClick={() => setOpen(true)}>Join project</Button>
      {open ? (
        <Question
          title="Join project"
          look="primary"
          busy={isPending}
          refusal={refusal}
          onYes={() => send(role)}
          onClose={close}
        >
          <p>
            You become a member of the project and can make keys in it. The audit log says so, and the admins of the
            project are told on their dashboard.
          </p>
          <Field label="Role">
            {(control) => (
              <Select {...control} value={role} onChange={(event) => setRole(event.target.value as JoinRole)}>
                <RoleOptions roles={JOIN_ROLES} />
              </Select>
            )}
          </Field>
        </Question>
      ) : null}
    </>
  );
}
