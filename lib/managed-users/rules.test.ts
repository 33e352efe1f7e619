import { describe, expect, test } from "vitest";
import { decideUserChange, describeUserRefusal, type ManagedUser } from "@/lib/managed-users/rules";
import { USER_REFUSALS, type UserWish } from "@/lib/managed-users/schema";

const PERSON: ManagedUser = { name: "Max", platformRole: null, disabled: false, hasPassword: true };
const ADMIN: ManagedUser = { ...PERSON, platformRole: "platform-admin" };
const ALONE = { own: false, hasOtherAdmin: false };
const AMONG_OTHERS = { own: false, hasOtherAdmin: true };
const RESET = { kind: "reset-password" } as const;
const DEMOTE: UserWish = { kind: "edit", platformRole: null };
const ENDINGS = [DEMOTE, { kind: "edit", platformRole: "support" }, { kind: "disable" }, RESET] as const;

const decide = (wish: UserWish | typeof RESET, target: ManagedUser | undefined, circumstances = AMONG_OTHERS) => {
  const decision = decideUserChange(wish, target, circumstances);
  return decision.ok ? (decision.change ? "changed" : "nothing") : decision.reason;
};

describe("the last platform admin who can sign in", () => {
  test.each(ENDINGS)("stays: %j", (wish) => {
    expect(decide(wish, ADMIN, ALONE)).toBe("last-admin");
    expect(decide(wish, ADMIN)).toBe("changed");
  });

  test("is not one who is disabled, waits for a set-up link or has another role", () => {
    expect(decide(DEMOTE, { ...ADMIN, disabled: true }, ALONE)).toBe("changed");
    expect(decide(DEMOTE, { ...ADMIN, hasPassword: false }, ALONE)).toBe("changed");
    expect(decide({ kind: "disable" }, { ...PERSON, platformRole: "support" }, ALONE)).toBe("changed");
  });

  test("may get another name, and be signed out", () => {
    expect(decide({ kind: "edit", name: "Ada" }, ADMIN, ALONE)).toBe("changed");
    expect(decide({ kind: "edit", name: "Ada", platformRole: "platform-admin" }, ADMIN, ALONE)).toBe("changed");
    expect(decide({ kind: "end-sessions" }, ADMIN, ALONE)).toBe("changed");
  });
});

test("nobody resets the own password, and a disabled user gets no link", () => {
  expect(decide(RESET, ADMIN, { own: true, hasOtherAdmin: true })).toBe("own-password");
  expect(decide(RESET, { ...PERSON, disabled: true })).toBe("user-disabled");
  expect(decide(RESET, { ...PERSON, hasPassword: false })).toBe("changed");
});

test("an edit says what changes, and does not overwrite another one", () => {
  expect(decide({ kind: "edit" }, PERSON)).toBe("nothing-given");
  expect(decide({ kind: "edit", name: "Max", platformRole: null }, PERSON)).toBe("nothing");
  const promoted: ManagedUser = { ...PERSON, platformRole: "support" };
  expect(decide({ kind: "edit", platformRole: "platform-admin", former: null }, promoted)).toBe("changed-meanwhile");
  expect(decide({ kind: "edit", platformRole: "support", former: null }, promoted)).toBe("nothing");
  expect(decide({ kind: "edit", platformRole: null, former: "support" }, promoted)).toBe("changed");
});

test("what is so already changes nothing, and an unknown user has a sentence", () => {
  expect(decide({ kind: "enable" }, PERSON)).toBe("nothing");
  expect(decide({ kind: "disable" }, { ...PERSON, disabled: true })).toBe("nothing");
  expect(decide({ kind: "disable" }, undefined)).toBe("unknown-user");
});

test.each(USER_REFUSALS)("the sentence of %s says that nothing was changed", (reason) => {
  expect(describeUserRefusal(reason, "max@example.test").toLowerCase()).toContain("nothing was changed");
});
