import { posix } from "node:path";
import type { Tree } from "@/testing/docs/tree";

const SEGMENT = String.raw`(?:[\w.@*-]|\[[\w.]+\]|\(\w+\)|<\w+>|\{[\w,.-]+\})+`;
const FILE_NAME = /^\.?[\w-]+(\.[\w-]+)*\.(ts|tsx|mts|mjs|cjs|json|yaml|yml|md|prisma|sql|css|py|env|example)$/;
const VARIABLE = /\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g;
/** Commands of `latchkey` that have commands of their own. */
const GROUPS = ["keys", "support", "members", "audit", "admin"];
const LATCHKEY = /(?:^|[\n`]) *latchkey ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?([^\n`]*)/g;
const COMMAND = /\bnpm (?:run ([\w:-]+)|(test)\b)([^\n`]*)/g;

/** What a page names and the tree does not have, one sentence each, with the name of the page. */
export function findProblems(page: string, text: string, tree: Tree): string[] {
  // A command may go on in the next line. Addresses elsewhere and line breaks in diagrams are no paths.
  const joined = text.replace(/\\\n\s*/g, "");
  const bare = joined.replace(/<br\/>/g, " ").replace(/\b[a-z]+:\/\/[^\s)>\]"`]*/g, "");
  const blocks = [...bare.matchAll(/^ *```(\w*)\n(.*?)^ *```$/gms)].map(([, , block = ""]) => block);
  const prose = bare.replace(/^ *```.*?^ *```$/gms, "");
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  const problems = [
    ...findBrokenLinks(page, joined, tree),
    ...findMissingPaths(prose.replace(/\]\([^)]*\)/g, "]") + blocks.join("\n"), tree),
    ...spans.flatMap((span) => findMissingFile(page, span, tree)),
    ...findUnknownCommands([...spans, ...blocks].join("\n"), tree),
    ...findUnknownLatchkey([...spans, ...blocks].join("\n"), tree),
    ...findUnknownVariables(spans.join("\n"), blocks.join("\n"), tree),
  ];
  return [...new Set(problems)].map((problem) => `${page}: ${problem}`);
}

function findBrokenLinks(page: string, text: string, tree: Tree): string[] {
  const prose = text.replace(/^ *```.*?^ *```$/gms, "").replace(/`[^`\n]*`/g, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets.flatMap((target) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : posix.normalize(posix.join(posix.dirname(page), path));
    if (!exists(file, tree)) return [`the link ${target} leads nowhere`];
    if (anchor === undefined || slugsOf(tree.read(file)).includes(anchor)) return [];
    return [`the link ${target} leads to no heading`];
  });
}

/** The anchors that GitHub gives headings. */
function slugsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#{1,6} (.*)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function findMissingPaths(text: string, tree: Tree): string[] {
  const tops = [...tree.folders].filter((folder) => !folder.includes("/")).map((folder) => folder.replace(".", "\\."));
  const path = new RegExp(String.raw`(?<![\w/.@-])(?:${tops.join("|")})(?:/${SEGMENT})+/?`, "g");
  const named = [...text.matchAll(path)].map(([found]) => found.replace(/[.,]+$/, ""));
  return named.filter((found) => !exists(found, tree)).map((found) => `there is no ${found}`);
}

/** For a file that is named without the folders above it, or with one that is not in the tree at all. */
function findMissingFile(page: string, span: string, tree: Tree): string[] {
  const [first = "", ...rest] = span.split("/");
  const name = rest.at(-1) ?? first;
  // What begins with ~ stands on the machine of a person.
  if (!FILE_NAME.test(name) || /\s/.test(span) || first === "~" || tree.ignored.has(first)) return [];
  const beside = posix.normalize(posix.join(posix.dirname(page), span));
  if (exists(span, tree) || exists(beside, tree)) return [];
  const known =
    rest.length === 0 && ([...tree.files].some((file) => file.endsWith(`/${span}`)) || tree.code.includes(span));
  return known ? [] : [`there is no ${span}`];
}

function findUnknownCommands(text: string, tree: Tree): string[] {
  return [...text.matchAll(COMMAND)].flatMap(([, run, test, rest = ""]) => {
    const script = run ?? test ?? "";
    if (!tree.scripts.has(script)) return [`package.json has no script ${script}`];
    const given = rest.split("#")[0] ?? "";
    // What follows these is for the test runners.
    const options = script === "unit" || script === "test" ? [] : [...given.matchAll(/ (--[a-z][\w-]*)/g)];
    const missing = options.flatMap(([, option = ""]) =>
      option === "--help" || tree.code.includes(option) ? [] : [option],
    );
    const words = script === "admin" ? (/^ -- ([a-z-]+) ([a-z-]+)/.exec(given)?.slice(1) ?? []) : [];
    const strange = words.filter((word) => !new RegExp(`["'\`]${word}[ "'\`]`).test(tree.commands));
    return [...missing, ...strange].map((what) => `npm run ${script} does not know ${what}`);
  });
}

function findUnknownLatchkey(text: string, { commandLine }: Tree): string[] {
  return [...text.matchAll(LATCHKEY)].flatMap(([, command = "", subcommand, rest = ""]) => {
    const words = GROUPS.includes(command) && subcommand ? [command, subcommand] : [command];
    const strange = words.filter((word) => !commandLine.includes(`new Command("${word}")`));
    const options = [...(rest.split("#")[0] ?? "").matchAll(/ (--[a-z][\w-]*)/g)].map(([, option = ""]) => option);
    const missing = options.filter((option) => !commandLine.includes(option));
    return [...strange, ...missing].map((what) => `latchkey does not know ${what}`);
  });
}

/** A variable that a page's own commands export needs no place in the code. */
function findUnknownVariables(spans: string, blocks: string, tree: Tree): string[] {
  const exported = [...blocks.matchAll(/export (.*)/g)].flatMap(([, rest = ""]) => [...rest.matchAll(/(\w+)=/g)]);
  const own = new Set(exported.map(([, name]) => name));
  const named = [...`${spans}\n${blocks}`.matchAll(VARIABLE)].map(([name]) => name);
  const unknown = named.filter((name) => !own.has(name) && !new RegExp(String.raw`\b${name}\b`).test(tree.code));
  return unknown.map((name) => `there is no variable ${name}`);
}

/** Whether a file or folder is there; `*`, `<name>` and `{a,b}` stand for one that fits. */
function exists(path: string, tree: Tree): boolean {
  const wanted = path.replace(/\/$/, "");
  if (wanted === "" || wanted === "." || tree.files.has(wanted) || tree.folders.has(wanted)) return true;
  if (!/[*<{]/.test(wanted)) return false;
  const pattern = wanted
    .replace(/[.()[\]]/g, "\\$&")
    .replace(/<\w+>/g, "[^/]+")
    .replace(/\*/g, "[^/]*")
    .replace(/\{([^}]+)\}/g, (_all, list: string) => `(${list.replaceAll(",", "|")})`);
  return [...tree.files, ...tree.folders].some((file) => new RegExp(`^${pattern}$`).test(file));
}
