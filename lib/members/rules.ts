import { type MemberRefusal, type MemberWish, projectRoleSchema } from "@/lib/members/schema";

/** The account that a change is about, and its role in the project, if any. */
export interface Target {
  role: string | null;
  /** False for a disabled account. */
  canSignIn: boolean;
}

export type MemberDecision =
  { ok: true; change: "add" | "set-role" | "remove" | "nothing" } | { ok: false; reason: MemberRefusal };

/**
 * Whether the members may be changed in this way. `target` is undefined when no account has the e-mail address, and
 * `hasOtherAdmin` says whether somebody else is admin of the project and can sign in. A project keeps one such admin.
 * Who asks plays no part: one's own role is like every other.
 */
export function decideMemberChange(
  wish: MemberWish,
  target: Target | undefined,
  hasOtherAdmin: boolean,
): MemberDecision {
  const role = target?.role ?? null;
  if (wish.kind === "add") {
    if (role !== null) return role === wish.role ? { ok: true, change: "nothing" } : refuse("already-member");
    // A disabled account and one that does not exist must look the same.
    return target?.canSignIn ? { ok: true, change: "add" } : refuse("unknown-account");
  }
  if (!target || role === null) return refuse("not-a-member");
  if (wish.kind === "set-role") {
    if (role === wish.role) return { ok: true, change: "nothing" };
    if (wish.former !== undefined && role !== wish.former) return refuse("changed-meanwhile");
  }
  const isLastAdmin = role === "admin" && target.canSignIn && !hasOtherAdmin;
  return isLastAdmin ? refuse("last-admin") : { ok: true, change: wish.kind };
}

const refuse = (reason: MemberRefusal) => ({ ok: false as const, reason });

/** Whether the second role may do more than the first. */
export function isHigherRole(former: string | null, next: string): boolean {
  // The schema lists the roles from the highest to the lowest.
  const rank = (role: string) => projectRoleSchema.options.findIndex((known) => known === role);
  return former === null || rank(next) < rank(former);
}

const SENTENCES: Record<MemberRefusal, (email: string, role: string) => string> = {
  "unknown-account": (email) =>
    `There is no account for ${email} that can be added. Ask a platform admin to make one. Nothing was changed.`,
  "already-member": (email, role) =>
    `${email} is in the project already, as ${role}. Nothing was changed; change the role instead.`,
  "not-a-member": (email) => `${email} is not in the project. Nothing was changed.`,
  "changed-meanwhile": (email, role) =>
    `Somebody else has made ${email} ${role} in the meantime. Nothing was changed; look at the table again.`,
  "last-admin": (email) =>
    `${email} is the last admin of this project who can sign in. Make somebody else admin first; nothing was changed.`,
};

/** The sentence for a refusal. `role` is the role that the person has. */
export function describeMemberRefusal(reason: MemberRefusal, email: string, role: string | null): string {
  return SENTENCES[reason](email, role ?? "");
}

/** The sentence for a change that was made, or that was made before. */
export function describeMemberChange(change: "add" | "set-role" | "remove" | "nothing", email: string, role: string) {
  const sentences = {
    add: `${email} is in the project now, as ${role}.`,
    "set-role": `${email} has the role ${role} now.`,
    remove: `${email} is not in the project any more.`,
    nothing: `${email} has the role ${role} already. Nothing was changed.`,
  };
  return sentences[change];
}
