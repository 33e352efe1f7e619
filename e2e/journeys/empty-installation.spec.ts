import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runAdmin } from "../fixtures/admin";
import { CredentialsPage } from "../fixtures/credentials-page";
import { startPortal } from "../fixtures/portal";
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

    await runAdmin(facts, ["project", "create", "research", "--name", "Research"]);
    const created = await runAdmin(facts, ["user", "create", EMAIL, "--name", "Ada"]);
    await runAdmin(facts, ["member", "set", "research", EMAIL, "member+"]);
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

    const context = await browser.newContext({ baseURL: facts.url });
    const password = /Password \(shown only this once\): (\S+)/.exec(created)?.[1] ?? "";
    await signInByRequest(context, facts.url, { email: EMAIL, password, role: "member+", project: "research" });
    const credentials = new CredentialsPage(await context.newPage(), facts, "research");
    await credentials.open();
    const key = await credentials.enable("north");
    await credentials.hideSecret();
    const made = await aws(key, ["s3", "mb", "s3://first-bucket"]);
    expect(made.code, made.stderr).toBe(0);
    expect((await aws(key, ["s3", "ls"])).stdout).toContain("first-bucket");
    await context.close();
  } finally {
    await stop();
    await rm(dataDir, { recursive: true, force: true });
  }
});
