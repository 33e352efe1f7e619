import type { UserRefusal, UserWish } from "@/lib/managed-users/schema";

/** The user that a change is about. */
export interface ManagedUser {
  name: string;
  platformRole: string | null;
  disabled: boolean;
  /** False until a set-up link was used. */
  hasPassword: boolean;
}

export interface Circumstances {
  /** Whether the user is the person who asks. */
  own: boolean;
  /** Whether somebody else is platform admin, is enabled and has a password. */
  hasOtherAdmin: boolean;
}

export type UserDecision = { ok: true; change: boolean } | { ok: false; reason: UserRefusal };

/**
 * Whether a user may be changed in this way. `target` is undefined when no user has the e-mail address. One platform
 * admin who can sign in stays: whoever loses the role, is disabled or waits for a set-up link cannot make another.
 */
export function decideUserChange(
  wish: UserWish | { kind: "reset-password" },
  target: ManagedUser | undefined,
  { own, hasOtherAdmin }: Circumstances,
): UserDecision {
  if (!target) return refuse("unknown-user");
  if (wish.kind === "edit") {
    if (wish.name === undefined && wish.platformRole === undefined) return refuse("nothing-given");
    if (isOvertaken(wish, target)) return refuse("changed-meanwhile");
  }
  if (wish.kind === "reset-password") {
    if (own) return refuse("own-password");
    if (target.disabled) return refuse("user-disabled");
  }
  const isAdmin = target.platformRole === "platform-admin" && !target.disabled && target.hasPassword;
  if (isAdmin && !hasOtherAdmin && endsAdmin(wish)) return refuse("last-admin");
  return { ok: true, change: isChanged(wish, target) };
}

const refuse = (reason: UserRefusal) => ({ ok: false as const, reason });

type Edit = Extract<UserWish, { kind: "edit" }>;

function isOvertaken({ platformRole, former }: Edit, target: ManagedUser): boolean {
  if (platformRole === undefined || former === undefined) return false;
  return target.platformRole !== former && target.platformRole !== platformRole;
}

function endsAdmin(wish: UserWish | { kind: "reset-password" }): boolean {
  if (wish.kind === "edit") return wish.platformRole !== undefined && wish.platformRole !== "platform-admin";
  return wish.kind === "disable" || wish.kind === "reset-password";
}

function isChanged(wish: UserWish | { kind: "reset-password" }, target: ManagedUser): boolean {
  if (wish.kind === "disable") return !target.disabled;
  if (wish.kind === "enable") return target.disabled;
  if (wish.kind !== "edit") return true;
  const { name = target.name, platformRole = target.platformRole } = wish;
  return name !== target.name || platformRole !== target.platformRole;
}

const SENTENCES: Record<UserRefusal, (email: string) => string> = {
  "email-taken": (email) => `There is a user ${email} already. Nothing was changed; look for the user in the table.`,
  "unknown-user": (email) => `There is no user ${email}. Nothing was changed.`,
  "nothing-given": () => "Give another name or another role. Nothing was changed.",
  "changed-meanwhile": (email) =>
    `Somebody else has changed the role of ${email} in the meantime. Nothing was changed; look at the table again.`,
  "last-admin": (email) =>
    `${email} is the last platform admin who can sign in. Make somebody else platform admin first; nothing was changed.`,
  "own-password": () =>
    "This is you, and a reset would sign you out for good if the link were lost. Change your password under Account. Nothing was changed.",
  "user-disabled": (email) => `${email} is disabled. Enable the user first; nothing was changed.`,
};

/** The sentence for a refusal. */
export function describeUserRefusal(reason: UserRefusal, email: string): string {
  return SENTENCES[reason](email);
}

/** The sentence for a change that was made, or for one that found everything as asked. */
export function describeUserChange(kind: UserWish["kind"], email: string, changed: boolean): string {
  if (!changed) return `${email} was like this already. Nothing was changed.`;
  const sentences = {
    edit: `${email} was changed.`,
    "end-sessions": `The sessions of ${email} have ended.`,
    disable: `${email} is disabled, and cannot sign in any more.`,
    enable: `${email} is enabled again.`,
  };
  return sentences[kind];
}
