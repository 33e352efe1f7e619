import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { EXIT } from "@/lib/cli/failure";
import { db } from "@/lib/platform/db/client";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { makeUser } from "@/testing/factories/people";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

let portal: Awaited<ReturnType<typeof serveApp>>;
let variables: Record<string, string>;
let slug: string;

beforeAll(async () => {
  await startTestDatabase();
  portal = await serveApp(createApi());
  const region = { provider: "builtin", endpoint: "http://127.0.0.1:1", signingRegion: "one", settings: {} };
  await db.region.createMany({ data: ["north", "south"].map((name) => ({ ...region, name })) });
});
afterAll(() => portal.stop());
beforeEach(async () => {
  await db.rateLimit.deleteMany();
  const pat = await makeUser(db, `Pat-${randomUUID()}`, { platformRole: "platform-admin" });
  variables = { LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: await makeToken(db, pat, { scope: "manage" }) };
  slug = `lab-${randomUUID().slice(0, 8)}`;
});

const run = (line: string) => runLatchkeyHere(`admin projects ${line}`.split(" "), { env: variables });
const readProject = () => db.project.findUnique({ where: { slug }, include: { allowedRegions: true } });

test("projects are made, listed, shown, renamed, restricted, disabled and enabled", async () => {
  expect(await run(`add ${slug} --name Lab`)).toMatchObject({
    code: EXIT.done,
    printed: expect.stringContaining("is there now") as string,
  });
  expect((await run(`list --search ${slug}`)).printed).toMatch(new RegExp(`^${slug} +Lab +0 +\\d{4}-`, "m"));
  expect((await run(`rename ${slug} --name Other`)).code).toBe(EXIT.done);
  const restricted = await run(`regions ${slug} --only south --yes`);
  expect(restricted.printed).toContain("north gets closed. The project has no keys there.");
  expect(restricted.printed).toContain("only south");
  expect(await readProject()).toMatchObject({ name: "Other", regionsRestricted: true, allowedRegions: [{}] });
  const shown = (await run(`show ${slug}`)).printed;
  expect(shown).toMatch(/^Regions: +only south$/m);
  expect(shown).toMatch(/^north +no +0$/m);
  expect((await run(`regions ${slug} --none --yes`)).code).toBe(EXIT.done);
  expect(await readProject()).toMatchObject({ regionsRestricted: true, allowedRegions: [] });
  expect((await run(`regions ${slug} --all --yes`)).code).toBe(EXIT.done);
  expect(await readProject()).toMatchObject({ regionsRestricted: false });
  expect((await run(`disable ${slug} --yes`)).code).toBe(EXIT.done);
  expect((await run(`list --search ${slug}`)).printed).toContain("disabled");
  expect((await run(`enable ${slug}`)).code).toBe(EXIT.done);
  expect((await readProject())?.disabledAt).toBeNull();
});

test("what does not fit or is not confirmed is refused with a sentence, and nothing changes", async () => {
  await run(`add ${slug} --name Lab`);
  const before = [await readProject(), await db.project.count()];
  const refusals = [
    [`add ${slug} --name Lab`, EXIT.refused, "There is a project"],
    ["add new --name Lab", EXIT.usage, "is reserved"],
    ["add ../x --name Lab", EXIT.usage, "not a path"],
    ["show ..", EXIT.usage, "Nothing was changed"],
    ["show nowhere", EXIT.notAllowed, "no project nowhere"],
    [`regions ${slug}`, EXIT.usage, "Say which regions"],
    [`regions ${slug} --all --none`, EXIT.usage, "cannot be used with"],
    [`regions ${slug} --only nowhere --yes`, EXIT.refused, "no region nowhere"],
    [`regions ${slug} --only south`, EXIT.unconfirmed, "add --yes"],
    [`disable ${slug}`, EXIT.unconfirmed, "The project has no keys."],
  ] as const;
  for (const [line, code, sentence] of refusals) {
    const refused = await run(line);
    expect([refused.code, refused.complaint], line).toEqual([code, expect.stringContaining(sentence)]);
  }
  expect([await readProject(), await db.project.count()]).toEqual(before);
});
