"use server";

import { actionClient, inProject } from "@/lib/gate/action";
import { CHANGES } from "@/lib/gate/rate-limit";
import { changeMember, dismissJoins } from "@/lib/members/mutations";
import {
  addMemberInputSchema,
  dismissJoinsInputSchema,
  dismissJoinsOutputSchema,
  joinProjectInputSchema,
  memberOutputSchema,
  removeMemberInputSchema,
  setRoleInputSchema,
} from "@/lib/members/schema";

/** Adds a person who has an account to the project. */
export const addMember = actionClient
  .metadata({ name: "Add member", permission: "members:manage", event: "member.added", limit: CHANGES })
  .inputSchema(addMemberInputSchema)
  .outputSchema(memberOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { email, role }, ctx: { scope } }) =>
    changeMember(scope, email, { kind: "add", role }),
  );

/** Gives a member another role. */
export const setMemberRole = actionClient
  .metadata({ name: "Change role", permission: "members:manage", event: "member.role-changed", limit: CHANGES })
  .inputSchema(setRoleInputSchema)
  .outputSchema(memberOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { email, role, former }, ctx: { scope } }) =>
    changeMember(scope, email, { kind: "set-role", role, former }),
  );

/** Removes a member from the project. */
export const removeProjectMember = actionClient
  .metadata({ name: "Remove member", permission: "members:manage", event: "member.removed", limit: CHANGES })
  .inputSchema(removeMemberInputSchema)
  .outputSchema(memberOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { email }, ctx: { scope } }) => changeMember(scope, email, { kind: "remove" }));

/** Puts a platform admin into a project. Its admins are told. */
export const joinProject = actionClient
  .metadata({ name: "Join project", permission: "members:manage", event: "member.joined", limit: CHANGES })
  .inputSchema(joinProjectInputSchema)
  .outputSchema(memberOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { role }, ctx: { scope } }) =>
    changeMember(scope, scope.actor.email, { kind: "add", role }),
  );

/** Hides the notice of platform admins who joined from the admin who has read it. */
export const dismissJoinNotice = actionClient
  .metadata({ name: "Dismiss notice", permission: "members:manage", event: "member.joins-seen", limit: CHANGES })
  .inputSchema(dismissJoinsInputSchema)
  .outputSchema(dismissJoinsOutputSchema)
  .useValidated(inProject())
  .action(async ({ parsedInput: { until }, ctx: { scope } }) => {
    await dismissJoins(scope, until);
    return { ok: true as const };
  });
