"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";
import { useCallAction } from "@/components/ui/use-call-action";
import { dismissJoinNotice } from "@/lib/members/actions";
import type { JoinLine } from "@/lib/members/schema";

/** Tells an admin of a project which platform admins joined it, the newest first. */
export function JoinList({ project, joins }: { project: string; joins: JoinLine[] }) {
  const callAction = useCallAction();
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const until = joins[0]?.at ?? "";
  const dismiss = () =>
    startTransition(async () => {
      await callAction(() => dismissJoinNotice({ project, until }));
      router.refresh();
    });
  return (
    <Notice className="mb-6">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <ul>
          {joins.map(({ name, role, at }) => (
            <li key={at}>
              <bdi className="font-medium break-words">{name}</bdi>, a platform admin, joined on <Time iso={at} /> as{" "}
              {role}.
            </li>
          ))}
        </ul>
        <Button size="sm" busy={pending} onClick={dismiss}>
          Dismiss
        </Button>
      </div>
    </Notice>
  );
}
