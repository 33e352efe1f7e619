"use client";

import { useState } from "react";
import { Question } from "@/components/members/question";
import { useProjectChange } from "@/components/projects/use-project-change";
import { Button } from "@/components/ui/button";
import { disableProject, enableProject } from "@/lib/projects/actions";
import { describeDisabledKeys } from "@/lib/projects/rules";

interface SwitchProjectProps {
  project: string;
  name: string;
  disabled: boolean;
  /** How many keys of the project work or can work again. */
  liveKeys: number;
}

/** The button that disables or enables a project, with the question. */
export function SwitchProject({ project, name, disabled, liveKeys }: SwitchProjectProps) {
  const [open, setOpen] = useState(false);
  const close = () => setOpen(false);
  const title = disabled ? "Enable" : "Disable";
  const { send, isPending, refusal } = useProjectChange(
    () => (disabled ? enableProject({ project }) : disableProject({ project })),
    close,
  );
  return (
    <>
      <Button look={disabled ? "primary" : "quietDanger"} onClick={() => setOpen(true)}>
        {title}
      </Button>
      {open ? (
        <Question
          title={title}
          look={disabled ? "primary" : "danger"}
          busy={isPending}
          refusal={refusal}
          onYes={() => send(undefined)}
          onClose={close}
        >
          {disabled ? (
            <p>
              The members of <bdi className="font-medium break-words text-foreground">{name}</bdi> see the project again
              and manage its keys. Nothing happens to the keys.
            </p>
          ) : (
            <>
              <p>
                <bdi className="font-medium break-words text-foreground">{name}</bdi> is hidden from its members, and
                their tokens are refused in it. Buckets and data stay.
              </p>
              <p>{describeDisabledKeys(liveKeys)}</p>
            </>
          )}
        </Question>
      ) : null}
    </>
  );
}
