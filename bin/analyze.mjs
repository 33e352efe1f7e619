import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./root.mjs";

/**
 * `npm run analyze` tells which packages and files the first load of a page is made of, in KiB after compression. Each
 * part is compressed by itself, so the sum is more than what the page loads. `npm run analyze -- /account` tells about
 * another page. The name of a page is the path of its folder in `app/`.
 */
const PAGES = ["/login", "/projects/[slug]/object-storage", "/projects/[slug]/object-storage/keys"];
const LEAST_KIB = 0.3;
/** Only browsers without modules load it. */
const POLYFILLS = /\/polyfills\//;

const asked = process.argv.slice(2);
const next = join(ROOT, "node_modules/next/dist/bin/next");
const run = spawnSync(process.execPath, [next, "experimental-analyze", "--output"], {
  cwd: ROOT,
  env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", CI: "1" },
  stdio: ["ignore", "ignore", "inherit"],
});
if (run.status === 0) for (const page of asked.length > 0 ? asked : PAGES) report(page);
else process.exitCode = 1;

function report(page) {
  const weights = weigh(readAnalysis(page));
  const sum = weights.reduce((total, [, kib]) => total + kib, 0);
  console.log(`\n${page}: ${sum.toFixed(1)} KiB`);
  for (const [name, kib] of weights) if (kib >= LEAST_KIB) console.log(`${kib.toFixed(1).padStart(8)}  ${name}`);
}

/** The file is the length of a JSON text in four bytes, the text, and binary tables that are not needed here. */
function readAnalysis(page) {
  const file = readFileSync(join(ROOT, ".next/diagnostics/analyze/data", page, "analyze.data"));
  return JSON.parse(file.subarray(4, 4 + file.readUInt32BE(0)).toString("utf8"));
}

/** Pairs of a package or file and its KiB in the first load, the heaviest first. */
function weigh({ sources, chunk_parts: parts, chunk_groups: groups, output_files: files }) {
  const first = new Set(groups.filter(({ kind }) => kind !== "async").flatMap((group) => group.output_file_indices));
  const weights = new Map();
  for (const { source_index: source, output_file_index: output, compressed_size: bytes } of parts) {
    const path = pathOf(sources, source);
    if (!first.has(output) || !/\/static\/.*\.js$/.test(files[output].filename) || POLYFILLS.test(path)) continue;
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.replace("[project]/", "");
    weights.set(name, (weights.get(name) ?? 0) + bytes / 1024);
  }
  return [...weights].sort(([, a], [, b]) => b - a);
}

function pathOf(sources, index) {
  const { path, parent_source_index: parent } = sources[index];
  return parent === undefined || parent === null ? path : pathOf(sources, parent) + path;
}
