import { parseArgs } from "node:util";
import { explain } from "@/lib/supervisor/explain";
import { up, UpError } from "@/lib/supervisor/up";

const USAGE = `npm run up [-- options]

  --demo     make the demo project and its people also with a database of one's own, or reachable by others
  --empty    make one platform-admin and nothing else
  --rebuild  build the portal even if nothing changed

Settings are environment variables; see README.md.`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { demo: { type: "boolean" }, empty: { type: "boolean" }, rebuild: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
    if (values.help) return undefined;
    if (values.demo && values.empty) throw new UpError("Choose --demo or --empty.");
    return { mode: values.demo ? ("demo" as const) : values.empty ? ("empty" as const) : undefined, rebuild: values.rebuild ?? false };
  } catch (error) {
    throw new UpError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

try {
  const options = readOptions();
  if (options) await up(options);
  else console.log(USAGE);
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
