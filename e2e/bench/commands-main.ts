import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { promisify } from "node:util";
import { installCommandLine } from "../fixtures/command-line";
import { composeTable, median, quantile } from "./figures";
import { measurePortal } from "./measure-portal";

const run = promisify(execFile);
const OPENSTACK = "/usr/bin/openstack";
const WARM_UP = 2;
const SAMPLES = 20;
/** What a command may take. Milliseconds. */
const MEDIAN_MAX_MS = 250;

interface Command {
  name: string;
  program: string;
  args: string[];
}

/** Measures whole commands, from their start to their end, in turn: latchkey, Node alone, and OpenStack's client. */
async function main(): Promise<void> {
  await measurePortal(async ({ facts }, person) => {
    const { url } = facts;
    const latchkey = await installCommandLine(facts);
    const login = ["login", url, "--email", person.email, "--stdin", "--project", "demo", "--region", "north"];
    await latchkey.run(login, person.password);
    await latchkey.run(["keys", "create", "-o", "json"]);
    const program = `${latchkey.home}/node_modules/.bin/latchkey`;
    const commands: Command[] = [
      { name: "node, which does nothing", program: process.execPath, args: ["-e", "0"] },
      { name: "latchkey --version", program, args: ["--version"] },
      { name: "latchkey projects", program, args: ["projects"] },
      { name: "latchkey keys list", program, args: ["keys", "list"] },
      { name: "latchkey keys show", program, args: ["keys", "show"] },
    ];
    if (existsSync(OPENSTACK)) {
      commands.push({ name: "openstack --version", program: OPENSTACK, args: ["--version"] });
      commands.push({
        name: "openstack ec2 credentials list",
        program: OPENSTACK,
        args: ["ec2", "credentials", "list"],
      });
    }
    const openstack = {
      OS_AUTH_URL: `${url}/identity/v3`,
      OS_USERNAME: person.email,
      OS_PASSWORD: person.password,
      OS_PROJECT_NAME: "demo",
      OS_USER_DOMAIN_NAME: "Default",
      OS_PROJECT_DOMAIN_NAME: "Default",
      OS_REGION_NAME: "north",
    };
    const env = { ...process.env, HOME: latchkey.home, XDG_RUNTIME_DIR: latchkey.home, ...openstack };
    report(await measure(commands, env));
    await latchkey.remove();
  });
}

/** Milliseconds of each command. The commands take turns, so that what slows the machine slows all of them. */
async function measure(commands: readonly Command[], env: NodeJS.ProcessEnv): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>(commands.map(({ name }) => [name, []]));
  for (let turn = -WARM_UP; turn < SAMPLES; turn += 1)
    for (const { name, program, args } of commands) {
      const begin = performance.now();
      await run(program, args, { env });
      if (turn >= 0) times.get(name)?.push(performance.now() - begin);
    }
  return times;
}

function report(times: ReadonlyMap<string, number[]>): void {
  const slowest = median(times.get("openstack ec2 credentials list") ?? []);
  const format = (ms: number) => `${ms.toFixed(0)} ms`;
  const rows = [...times].map(([name, all]) => [
    name,
    format(median(all)),
    format(quantile(all, 0.95)),
    Number.isNaN(slowest) ? "-" : `${(median(all) / slowest).toFixed(2)}×`,
  ]);
  console.log(
    `${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores, Node ${process.version}, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  console.log(composeTable([["", "p50", "p95", "of openstack's list"], ...rows]));
  console.log(`\nThe aim: a command of latchkey takes at most ${MEDIAN_MAX_MS} ms (p50).`);
}

await main();
