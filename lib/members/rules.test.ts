import { describe, expect, test } from "vitest";
import { PROJECT_ROLES } from "@/lib/gate/permissions";
import { decideMemberChange, describeMemberRefusal, isHigherRole, type Target } from "@/lib/members/rules";
import { addMemberInputSchema, MEMBER_REFUSALS, type MemberWish, setRoleInputSchema } from "@/lib/members/schema";

const add = (role: (typeof PROJECT_ROLES)[number]): MemberWish => ({ kind: "add", role });
const set = (role: (typeof PROJECT_ROLES)[number]): MemberWish => ({ kind: "set-role", role });
const REMOVE: MemberWish = { kind: "remove" };
const ADMIN: Target = { role: "admin", canSignIn: true };
const MEMBER: Target = { role: "member", canSignIn: true };
const STRANGER: Target = { role: null, canSignIn: true };
const DISABLED: Target = { role: null, canSignIn: false };

test.each<[string, MemberWish, Target | undefined, boolean, string]>([
  ["adding a stranger", add("member+"), STRANGER, true, "add"],
  ["adding where no account is", add("member"), undefined, true, "unknown-account"],
  ["adding a disabled account", add("member"), DISABLED, true, "unknown-account"],
  ["adding a member with the same role", add("member"), MEMBER, true, "nothing"],
  ["adding a member with another role", add("admin"), MEMBER, true, "already-member"],
  ["adding a disabled member", add("admin"), { role: "member", canSignIn: false }, true, "already-member"],
  ["promoting", set("admin"), MEMBER, true, "set-role"],
  ["the role that the member has", set("member"), MEMBER, true, "nothing"],
  ["the role of a stranger", set("member"), STRANGER, true, "not-a-member"],
  ["the role of no account", set("member"), undefined, true, "not-a-member"],
  [
    "a role that is another one by now",
    { ...set("admin"), former: "member+" } as MemberWish,
    MEMBER,
    true,
    "changed-meanwhile",
  ],
  ["a role that is still the one seen", { ...set("admin"), former: "member" } as MemberWish, MEMBER, true, "set-role"],
  ["demoting one of two admins", set("member"), ADMIN, true, "set-role"],
  ["demoting the last admin", set("member+"), ADMIN, false, "last-admin"],
  ["the last admin stays admin", set("admin"), ADMIN, false, "nothing"],
  ["demoting a disabled admin", set("member"), { role: "admin", canSignIn: false }, false, "set-role"],
  ["removing one of two admins", REMOVE, ADMIN, true, "remove"],
  ["removing the last admin", REMOVE, ADMIN, false, "last-admin"],
  ["removing a disabled admin", REMOVE, { role: "admin", canSignIn: false }, false, "remove"],
  ["removing a member", REMOVE, MEMBER, false, "remove"],
  ["removing a stranger", REMOVE, STRANGER, true, "not-a-member"],
  ["removing no account", REMOVE, undefined, true, "not-a-member"],
])("%s", (_case, wish, target, hasOtherAdmin, expected) => {
  const decision = decideMemberChange(wish, target, hasOtherAdmin);
  expect(decision.ok ? decision.change : decision.reason).toBe(expected);
});

test("admin is higher than member+, member+ higher than member, and each higher than none", () => {
  const higher = [null, ...PROJECT_ROLES].flatMap((former) =>
    PROJECT_ROLES.filter((next) => isHigherRole(former, next)).map((next) => `${former} ${next}`),
  );
  expect(higher).toEqual([
    "null admin",
    "null member+",
    "null member",
    "member+ admin",
    "member admin",
    "member member+",
  ]);
});

test("every refusal says whom it is about, and that nothing was changed", () => {
  for (const reason of MEMBER_REFUSALS) {
    const sentence = describeMemberRefusal(reason, "ada@example.org", "member+");
    expect(sentence).toContain("ada@example.org");
    expect(sentence.toLowerCase()).toContain("nothing was changed");
  }
});

describe("what is typed", () => {
  const parse = (email: string, role = "member") => addMemberInputSchema.safeParse({ project: "demo", email, role });

  test("an e-mail address counts in lower case and without spaces around it", () => {
    expect(parse("  Ada.King@Example.ORG ").data?.email).toBe("ada.king@example.org");
  });

  test.each([
    ["nothing", ""],
    ["no address", "ada"],
    ["an emoji", "🔑@example.org"],
    ["a zero width space", "ada\u200b@example.org"],
    ["a right-to-left override", "ada\u202e@example.org"],
    ["letters of another script", "ада@example.org"],
    ["a NUL", "ada\u0000@example.org"],
    ["a line feed in the middle", "ada@example.org\nbob@example.org"],
    ["half of a pair of surrogates", "ada\ud800@example.org"],
  ])("%s is told to be no e-mail address", (_case, email) => {
    expect(parse(email).error?.issues).toMatchObject([
      { path: ["email"], message: "This is not an e-mail address like name@example.org" },
    ]);
  });

  test.each(["", "owner", "Admin", "member ", "platform-admin", "__proto__"])("the role %j is refused", (role) => {
    const sentence = "The role must be one of admin, member+, member";
    expect(parse("ada@example.org", role).error?.issues).toMatchObject([{ path: ["role"], message: sentence }]);
  });

  test("an unknown field is refused by its name, and the role that was seen must be said", () => {
    const typed = { project: "demo", email: "ada@example.org", role: "member" };
    expect(addMemberInputSchema.safeParse({ ...typed, platformRole: "support" }).error?.issues[0]?.message).toContain(
      "platformRole",
    );
    expect(setRoleInputSchema.safeParse(typed).error?.issues).toMatchObject([{ path: ["former"] }]);
  });
});
