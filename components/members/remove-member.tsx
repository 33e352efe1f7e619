"use client";

import { useState } from "react";
import { Question } from "@/components/members/question";
import { useMemberChange } from "@/components/members/use-member-change";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { removeProjectMember } from "@/lib/members/actions";

interface RemoveMemberProps {
  project: string;
  member: { email: string; name: string };
  /** Whether the row is that of the person who looks at it, and this role alone lets the person see the page. */
  own: boolean;
}

/** The button that removes a member, with the question. */
export function RemoveMember({ project, member: { email, name }, own }: RemoveMemberProps) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const { send, isPending, refusal } = useMemberChange(
    () => removeProjectMember({ project, email }),
    close,
    own ? "/projects" : undefined,
  );
  return (
    <>
      <Button
        size="sm"
        look="quietDanger"
        className="sm:-my-1.25"
        aria-label={`Remove ${name}`}
        onClick={() => setOpen(true)}
      >
        Remove
      </Button>
      {open ? (
        <Question
          title="Remove"
          look="danger"
          busy={isPending}
          refusal={refusal}
          onYes={() => send(undefined)}
          onClose={close}
        >
          <p>
            <bdi className="font-medium break-words text-foreground">{name}</bdi> sees nothing of the project from the
            next request on, and the tokens of this person are refused in it. Keys that the person made stay and work
            on: regenerate those that the person may have kept.
          </p>
          {own ? (
            <Notice look="warn">This is you. You leave the project, and only another admin can add you again.</Notice>
          ) : null}
        </Question>
      ) : null}
    </>
  );
}
