import { randomUUID } from "node:crypto";
import type { CredentialsConfig } from "next-auth/providers/credentials";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { authOptions } from "@/lib/gate/auth-options";
import { SIGN_IN_ACCOUNT, SIGN_IN_ACCOUNT_ANYWHERE, SIGN_IN_NETWORK } from "@/lib/gate/rate-limit";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { db } from "@/lib/platform/db/client";
import { makeUser } from "@/testing/factories/people";

const PASSWORD = randomUUID();
const provider = authOptions.providers[0] as CredentialsConfig;
// What next-auth calls; the field of the same name beside it is a placeholder.
const { authorize } = provider.options as unknown as Pick<CredentialsConfig, "authorize">;

beforeAll(() => startTestDatabase());
afterEach(() => db.rateLimit.deleteMany());

/** `in`, `wrong`, or held back. */
async function signIn(email: string, password: string, address: string): Promise<"in" | "wrong" | "held back"> {
  const request = { headers: { [CLIENT_ADDRESS_HEADER]: address } };
  try {
    return (await authorize({ email, password }, request)) ? "in" : "wrong";
  } catch (error) {
    if (!/TRY_AGAIN_IN:\d+$/.test(String(error))) throw error;
    return "held back";
  }
}

test("an account's guesses are counted by network, and its owner gets in from another", async () => {
  const { email } = await makeUser(db, "Mia", { password: PASSWORD });
  for (let turn = 0; turn < SIGN_IN_ACCOUNT.points; turn += 1) {
    expect(await signIn(turn % 2 ? email : ` ${email.toUpperCase()}`, "a guess", `2001:db8:1:1::${turn}`)).toBe(
      "wrong",
    );
  }
  expect(await signIn(email, PASSWORD, "2001:db8:1:1:ffff::1")).toBe("held back");
  expect(await signIn(email, PASSWORD, "2001:db8:1:2::1")).toBe("in");
  const refusals = await db.auditEvent.findMany({
    where: { event: "session.refused", data: { path: ["email"], equals: email } },
  });
  expect(refusals.map(({ data }) => (data as { reason: string }).reason).sort()).toEqual([
    ...Array<string>(SIGN_IN_ACCOUNT.points).fill("credentials"),
    "rate-limit",
  ]);
});

/** How many lines the audit log has of attempts from an address, for each reason. */
async function countLines(address: string): Promise<Record<string, number>> {
  const lines = await db.auditEvent.findMany({ where: { event: "session.refused", address } });
  const reasons = lines.map(({ data }) => (data as { reason: string }).reason);
  const countOf = (reason: string) => reasons.filter((other) => other === reason).length;
  return Object.fromEntries(reasons.map((reason) => [reason, countOf(reason)]));
}

test("400 attempts from one address leave one line for each limit, and counts", async () => {
  const address = "203.0.113.4";
  const { email } = await makeUser(db, "Mia");
  // Far more than the limit of the account. The limit of the network begins to hold on the way.
  for (let turn = 0; turn < 400; turn += 20)
    await Promise.all(Array.from({ length: 20 }, () => signIn(email, "a guess", address)));
  expect(await countLines(address)).toEqual({ credentials: SIGN_IN_ACCOUNT.points, "rate-limit": 2 });
  const counts = await db.refusedSignIns.findMany({ where: { network: address } });
  const sum = (rows: typeof counts) => rows.reduce((total, { count }) => total + count, 0);
  expect(sum(counts.filter(({ account }) => account === ""))).toBe(400 - SIGN_IN_NETWORK.points);
  expect(sum(counts.filter(({ account }) => account === email))).toBe(SIGN_IN_NETWORK.points - SIGN_IN_ACCOUNT.points);
  expect(new Set(counts.map(({ minute, account }) => `${minute.toISOString()} ${account}`)).size).toBe(counts.length);
});

test("400 made-up accounts from one address leave one row a minute once the network is refused", async () => {
  const address = "203.0.113.5";
  await db.rateLimit.create({
    data: { key: `sign-in-network:${address}`, points: SIGN_IN_NETWORK.points, expire: Date.now() + 60_000 },
  });
  for (let turn = 0; turn < 400; turn += 20)
    await Promise.all(Array.from({ length: 20 }, (_, n) => signIn(`${turn + n}@example.test`, "a guess", address)));
  expect(await countLines(address)).toEqual({ "rate-limit": 1 });
  const counts = await db.refusedSignIns.findMany({ where: { network: address } });
  expect(new Set(counts.map(({ account }) => account))).toEqual(new Set([""]));
});

test("who gets in has all attempts again", async () => {
  const { email } = await makeUser(db, "Mia", { password: PASSWORD });
  for (let turn = 0; turn < SIGN_IN_ACCOUNT.points - 1; turn += 1) await signIn(email, "a guess", "192.0.2.1");
  expect(await signIn(email, PASSWORD, "192.0.2.1")).toBe("in");
  for (let turn = 0; turn < SIGN_IN_ACCOUNT.points; turn += 1)
    expect(await signIn(email, "a guess", "192.0.2.1")).toBe("wrong");
});

test("a network that tries many accounts is held back, and so is an account that many networks try", async () => {
  const { email } = await makeUser(db, "Mia", { password: PASSWORD });
  await db.rateLimit.createMany({
    data: [
      {
        key: "sign-in-network:2001:db8:1:1::/64",
        points: SIGN_IN_NETWORK.points,
        expire: Date.now() + 60_000,
      },
      {
        key: `sign-in-account-anywhere:${email}`,
        points: SIGN_IN_ACCOUNT_ANYWHERE.points - 1,
        expire: Date.now() + 60_000,
      },
    ],
  });
  expect(await signIn(`other-${email}`, "a guess", "2001:db8:1:1::9")).toBe("held back");
  expect(await signIn(email, PASSWORD, "192.0.2.1")).toBe("in");
  expect(await signIn(email, PASSWORD, "192.0.2.2")).toBe("held back");
});
