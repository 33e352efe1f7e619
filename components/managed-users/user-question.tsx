"use client";

import { Question } from "@/components/members/question";
import type { UserDialogProps } from "@/components/managed-users/user-dialog";
import { useUserChange } from "@/components/managed-users/use-user-change";
import { Notice } from "@/components/ui/notice";
import { disableUser, enableUser, endUserSessions } from "@/lib/managed-users/actions";

const QUESTIONS = {
  "end-sessions": {
    title: "End sessions",
    look: "danger",
    call: endUserSessions,
    text: "is signed out in every browser and in OpenStack's client, and can sign in again. Access tokens stay: Reset password and Disable end them too.",
    ownText: "This is you. You are signed out here too.",
  },
  disable: {
    title: "Disable",
    look: "danger",
    call: disableUser,
    text: "is signed out everywhere and cannot sign in any more. Access tokens and an open set-up link of this person end for good. S3 keys that the person made work on.",
    ownText: "This is you. You are signed out, and only another platform admin can enable you again.",
  },
  enable: {
    title: "Enable",
    look: "primary",
    call: enableUser,
    text: "can sign in again, with the same password and roles as before. Access tokens that ended stay ended. Whoever has no password yet needs a new set-up link: choose Reset password.",
    ownText: undefined,
  },
} as const;

/** The question before the sessions of a user end, and before a user is disabled or enabled. */
export function UserQuestion({ kind, user, own, onClose }: UserDialogProps & { kind: keyof typeof QUESTIONS }) {
  const { title, look, call, text, ownText } = QUESTIONS[kind];
  const { send, isPending, refusal } = useUserChange(
    () => call({ email: user.email }),
    onClose,
    () => (own ? "/login" : undefined),
  );
  return (
    <Question
      title={title}
      look={look}
      busy={isPending}
      refusal={refusal}
      onYes={() => send(undefined)}
      onClose={onClose}
    >
      <p>
        <bdi className="font-medium break-words text-foreground">{user.name}</bdi> {text}
      </p>
      {own && ownText ? <Notice look="warn">{ownText}</Notice> : null}
    </Question>
  );
}
