import { expect, test } from "vitest";
import { findRoot } from "@/lib/platform/config/find-root";
import { findProblems } from "@/testing/docs/markdown";
import { readTree } from "@/testing/docs/tree";

const tree = readTree(findRoot());
const PAGES = [...tree.files].filter((file) => file.endsWith(".md"));
const RECORDS = PAGES.filter((file) => /^docs\/decisions\/\d/.test(file));

test("Markdown files name only paths, scripts, options and variables that exist, and links that lead somewhere", () => {
  expect(PAGES).toContain("README.md");
  expect(PAGES.flatMap((page) => findProblems(page, tree.read(page), tree))).toEqual([]);
});

test.each([
  ["a path", "See `lib/gate/nowhere.ts`.", "there is no lib/gate/nowhere.ts"],
  ["a path in a diagram", "```mermaid\nNote over B: bin/up.mjs<br/>lib/nowhere/\n```", "there is no lib/nowhere/"],
  ["a file by its name", "The file `nowhere.mjs` does it.", "there is no nowhere.mjs"],
  ["a file in a folder that is not there", "See `nowhere/up.mjs`.", "there is no nowhere/up.mjs"],
  ["a program", "```sh\nnode bin/nowhere.mjs\n```", "there is no bin/nowhere.mjs"],
  ["a script", "Run `npm run nowhere` first.", "package.json has no script nowhere"],
  ["an option", "```sh\nnpm run up -- \\\n  --nowhere\n```", "npm run up does not know --nowhere"],
  ["a command", "```sh\nnpm run admin -- region nowhere\n```", "npm run admin does not know nowhere"],
  ["a command of latchkey", "Run `latchkey keys nowhere`.", "latchkey does not know nowhere"],
  ["an option of latchkey", "```sh\nlatchkey keys list --nowhere\n```", "latchkey does not know --nowhere"],
  ["a variable", "Set `LATCHKEY_NOWHERE` to 1.", "there is no variable LATCHKEY_NOWHERE"],
  ["a variable before a command", "```sh\nLATCHKEY_NOWHERE=1 npm run up\n```", "there is no variable LATCHKEY_NOWHERE"],
  ["a link", "[this](docs/nowhere.md)", "the link docs/nowhere.md leads nowhere"],
  ["a heading", "[this](SECURITY.md#nowhere)", "the link SECURITY.md#nowhere leads to no heading"],
])("the check finds %s that does not exist", (_what, text, problem) => {
  expect(findProblems("page.md", text, tree)).toEqual([`page.md: ${problem}`]);
});

test.each([
  ["a folder of any noun", "`lib/<noun>/` and `components/access-keys/{card,issue}`"],
  ["a route", "`app/api/projects/[slug]/cards/route.ts` and `app/(installation)/`"],
  ["an address elsewhere", "https://example.org/lib/nowhere.ts"],
  ["a variable that the page exports", "```sh\nexport NOWHERE_TOKEN=1\ncurl $NOWHERE_TOKEN\n```"],
  ["a file of a person", "`~/.mc/config.json`"],
  ["a file of the data folder", "`secrets.json` and `.data/first-run.json`"],
])("the check lets pass %s", (_what, text) => {
  expect(findProblems("page.md", text, tree)).toEqual([]);
});

test("every page of docs/ is linked from another page", () => {
  const linked = PAGES.flatMap((page) =>
    [...tree.read(page).matchAll(/\]\(([^)#\s]+\.md)/g)].map(([, target = ""]) =>
      new URL(target, `file:///${page}`).pathname.slice(1),
    ),
  );
  const pages = PAGES.filter((page) => page.startsWith("docs/"));
  expect(pages.filter((page) => !linked.includes(page))).toEqual([]);
});

test("the README has at most 150 lines", () => {
  expect(tree.read("README.md").split("\n").length).toBeLessThanOrEqual(151);
});

test.each(RECORDS)("%s has the five headings of a record", (record) => {
  const headings = [...tree.read(record).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(["Status", "Context", "Decision", "Alternatives", "Consequences"]);
});

test("the index of decisions lists every record with its title, and says which are superseded", () => {
  const rows = [
    ...tree.read("docs/decisions/README.md").matchAll(/^\| \[(\d{3})\]\((\S+)\)\s*\| (.*?)\s*\| (.*?)\s*\|/gm),
  ];
  const listed = rows.map(([, number, file, title, status]) => [number, file, title, /^superseded/.test(status ?? "")]);
  const records = RECORDS.map((record) => {
    const text = tree.read(record);
    const [, number, title] = /^# (\d{3}): (.*)$/m.exec(text) ?? [];
    return [number, record.replace("docs/decisions/", ""), title, /^## Status\n\nSuperseded/m.test(text)];
  });
  expect(listed).toEqual(records.sort(([a = ""], [b = ""]) => String(a).localeCompare(String(b))));
});
