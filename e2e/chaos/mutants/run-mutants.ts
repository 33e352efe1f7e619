import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ROOT } from "../../fixtures/portal";
import { applyEdits, copyBuild, copySources } from "./apply-mutant";
import { MUTANTS } from "./mutants";
import { TARGETS } from "./targets";

/** One run in twenty or so has no chance to find the bug. Another seed then tries again. */
const SEEDS = ["1", "2", "3"];
const KEEP_BUILD = 'import { keepBuild } from "./bin/build.mjs"; keepBuild();';

export interface MutantResult {
  name: string;
  found: boolean;
  /** What the last chaos run printed. */
  report: string;
}

/**
 * Copies the sources into a temporary folder, and for each mutant: applies its edits there, builds, and runs the target
 * of the same name. A mutant is found when its target reports the expected kind of violation. Throws when a copy cannot
 * be built or a run fails for another reason.
 */
export async function runMutants(
  names: readonly string[],
  onResult: (result: MutantResult) => void,
  signal?: AbortSignal,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-mutants-"));
  try {
    copySources(folder);
    for (const name of names) {
      const revert = applyEdits(folder, MUTANTS[name]?.edits ?? []);
      await build(folder, name, signal);
      onResult(await runTarget(folder, name, signal));
      revert();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A build of the pages takes as long as the chaos run. Where the bug need not be in them, the copy gets the pages of ROOT. */
async function build(folder: string, name: string, signal?: AbortSignal): Promise<void> {
  const runStep = async (at: string, args: string[]) => {
    const { code, output } = await runIn(at, args, signal);
    if (code !== 0) throw new Error(`the mutant ${name} cannot be built:\n${output}`);
  };
  if (!MUTANTS[name]?.apiOnly) return runStep(folder, ["bin/build.mjs", "--force"]);
  await runStep(ROOT, ["bin/build.mjs"]);
  copyBuild(folder);
  await runStep(folder, ["--input-type=module", "--eval", KEEP_BUILD]);
}

async function runTarget(folder: string, name: string, signal?: AbortSignal): Promise<MutantResult> {
  const expected = `\n  ${TARGETS[name]?.finds}: `;
  let report = "";
  for (const seed of SEEDS) {
    const run = await runIn(folder, ["bin/chaos.mjs", "--target", name, "--seed", seed], signal);
    report = run.output;
    if (run.code !== 0 && run.code !== 1) throw new Error(`the run on the mutant ${name} failed:\n${report}`);
    if (run.code === 1 && report.includes(expected)) return { name, found: true, report };
  }
  return { name, found: false, report };
}

async function runIn(
  folder: string,
  args: string[],
  signal?: AbortSignal,
): Promise<{ code: number | null; output: string }> {
  signal?.throwIfAborted();
  const child: ChildProcess = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const end = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", end);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [code, ...printed] = await Promise.all([
    ended,
    ...[child.stdout, child.stderr].map((stream) => (stream ? text(stream) : "")),
  ]);
  signal?.removeEventListener("abort", end);
  return { code, output: printed.join("") };
}
