import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findRoot } from "@/lib/platform/config/find-root";
import { renderEnvExample, renderSettingsPage } from "@/testing/docs/settings";

const PAGE = join(findRoot(), "docs/settings.md");

/** After a change of the schema, `npm run unit -- testing/docs/settings.test.ts --update` writes both files anew. */
test("docs/settings.md lists every setting of the schema with its default and its meaning", async () => {
  await expect(await renderSettingsPage(readFileSync(PAGE, "utf8"))).toMatchFileSnapshot(PAGE);
});

test(".env.example lists the same settings", async () => {
  await expect(renderEnvExample()).toMatchFileSnapshot(join(findRoot(), ".env.example"));
});
