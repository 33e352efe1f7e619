import type { Browser, Page } from "@playwright/test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expectAccessible } from "../fixtures/accessible";
import { runAdmin } from "../fixtures/admin";
import { CredentialsPage } from "../fixtures/credentials-page";
import { type Person, type PortalFacts, startPortal } from "../fixtures/portal";
import { aws } from "../fixtures/s3-tools";
import { signInByRequest } from "../fixtures/sign-in";
import { expect, personOf, test } from "../fixtures/test";

const EMAIL = "ada@example.org";

test("an empty installation, filled as docs/production.md says, gives a key that aws uses", async ({ browser }) => {
  const dataDir = await mkdtemp(join(tmpdir(), "latchkey-empty-"));
  const { facts, stop } = await startPortal(dataDir, { flags: ["--empty"] });
  try {
    expect(facts.users.map(({ role }) => role)).toEqual(["platform-admin"]);
    expect(personOf(facts, "platform-admin").project).toBeNull();
    expect(await runAdmin(facts, ["region", "list"])).toContain("There are none.");

    const admin = await openAs(browser, facts, personOf(facts, "platform-admin"));
    const steps = admin.getByRole("region", { name: "First steps" });
    await admin.goto("/");
    await expect(steps.getByRole("listitem")).toContainText([
      "Add a regionNext",
      "Add a projectLater",
      "Add peopleLater",
    ]);
    await expectAccessible(admin, "First steps");
    await steps.getByRole("link", { name: "Add region" }).click();
    await expect(admin).toHaveURL(/\/admin\/regions\/new$/);

    await runAdmin(facts, ["project", "create", "research", "--name", "Research"]);
    const created = await runAdmin(facts, ["user", "create", EMAIL, "--name", "Ada"]);
    const password = /Password \(shown only this once\): (\S+)/.exec(created)?.[1] ?? "";
    const ada = await openAs(browser, facts, { email: EMAIL, password, role: "member+", project: "research" });
    await ada.goto("/");
    await expect(ada.getByText("You are in no project yet")).toBeVisible();
    await expect(ada.getByText(`to add ${EMAIL} to it`)).toBeVisible();

    await runAdmin(facts, ["member", "set", "research", EMAIL, "member+"]);
    const dashboard = "/projects/research/object-storage";
    await ada.goto(dashboard);
    await expect(ada.getByText("A platform admin of this portal adds them")).toBeVisible();
    await admin.goto(dashboard);
    await expect(admin.getByRole("link", { name: "Add region" })).toBeVisible();
    await admin.goto("/admin");
    await expect(steps.getByRole("listitem")).toContainText([
      "Add a regionNext",
      "Add a projectDone",
      "Add peopleDone",
    ]);

    await runAdmin(facts, ["region", "create", "north", "--builtin"]);
    expect(await runAdmin(facts, ["region", "list"])).toContain(`127.0.0.1:${facts.environment.S3_PORT}`);
    await expect(runAdmin(facts, ["region", "create", "east", "--builtin"])).rejects.toThrow("north and south");
    const others = [
      "--endpoint",
      "http://127.0.0.1/path",
      "--signing-region",
      "x-1",
      "--admin-url",
      "http://127.0.0.1:1",
    ];
    await expect(runAdmin(facts, ["region", "create", "other", ...others])).rejects.toThrow("--endpoint must be");

    await admin.reload();
    await expect(admin.getByRole("region", { name: "Health" })).toBeVisible();
    await expect(steps).toHaveCount(0);

    const credentials = new CredentialsPage(ada, facts, "research");
    await credentials.open();
    const key = await credentials.enable("north");
    await credentials.hideSecret();
    await expect(ada.getByText(`aws --profile north --endpoint-url ${key.endpoint} s3 mb`)).toBeVisible();
    const made = await aws(key, ["s3", "mb", "s3://first-bucket"]);
    expect(made.code, made.stderr).toBe(0);
    expect((await aws(key, ["s3", "ls"])).stdout).toContain("first-bucket");

    await runAdmin(facts, ["region", "disable", "north"]);
    await ada.reload();
    await expect(ada.getByText("This project can use no region at the moment")).toBeVisible();
    await admin.goto(dashboard);
    await admin.getByRole("link", { name: "Choose the regions of the project" }).click();
    await expect(admin).toHaveURL(/\/admin\/projects\/research$/);
    for (const page of [admin, ada]) await page.context().close();
  } finally {
    await stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});

async function openAs(browser: Browser, { url }: PortalFacts, person: Person): Promise<Page> {
  const context = await browser.newContext({ baseURL: url });
  await signInByRequest(context, url, person);
  return context.newPage();
}
