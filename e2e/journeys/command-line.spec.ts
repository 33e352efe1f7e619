import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { installCommandLine } from "../fixtures/command-line";
import { aws } from "../fixtures/s3-tools";
import { expect, personOf, test } from "../fixtures/test";

const NAME = "command line";

interface Made {
  accessKeyId: string;
  secretKey: string;
  endpoint: string;
  signingRegion: string;
}

test("a person installs the command from the portal, signs in, and makes, uses, replaces and ends a key", async ({
  portal,
}) => {
  const latchkey = await installCommandLine(portal);
  const { email, password } = personOf(portal, "member+");
  const login = ["login", portal.url, "--email", email, "--stdin", "--project", "demo", "--region", "south"];
  const signedIn = await latchkey.run(login, `${password}\n`);
  expect(signedIn, signedIn.stderr).toMatchObject({ code: 0, stdout: "" });

  const made = await latchkey.run(["keys", "create", "--name", NAME, "--expires", "1d", "-o", "json"]);
  expect(made.code, made.stderr).toBe(0);
  const pair = JSON.parse(made.stdout) as Made;
  const list = ({ secretKey, ...key }: Made) => aws({ ...key, secretAccessKey: secretKey }, ["s3api", "list-buckets"]);
  expect((await list(pair)).code).toBe(0);

  const replaced = await latchkey.run(["keys", "regenerate", "--name", NAME, "--yes", "--wait", "-o", "json"]);
  expect(replaced.stderr).toMatch(new RegExp(`${pair.accessKeyId} .*refused after [\\d.]+ s`));
  const next = JSON.parse(replaced.stdout) as Made;
  expect((await list(pair)).stderr).toContain("InvalidAccessKeyId");
  expect((await list(next)).code).toBe(0);

  expect((await latchkey.run(["keys", "disable", "--name", NAME])).code).toBe(8);
  expect((await list(next)).code).toBe(0);
  const ended = await latchkey.run(["keys", "disable", "--name", NAME, "--yes", "--wait"]);
  expect(ended.stderr).toMatch(/refused after/);
  expect((await list(next)).stderr).toContain("InvalidAccessKeyId");

  expect((await latchkey.run(["logout"])).code).toBe(0);
  expect((await latchkey.run(["projects"])).code).toBe(3);
  const log = await readFile(join(portal.dataDir, "up.log"), "utf8");
  for (const secret of [pair.secretKey, next.secretKey, password]) expect(log).not.toContain(secret);
  await latchkey.remove();
});
