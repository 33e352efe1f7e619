import { parseArgs } from "node:util";
import { explain } from "@/lib/supervisor/explain";
import { up, UpError } from "@/lib/supervisor/up";

const USAGE = `npm run up [-- options]

  --demo      make the demo project and its people also with a database of one's own, or reachable by others
  --empty     make one platform-admin and nothing else
  --rebuild   build the portal even if nothing changed
  --with-rig  start a real Ceph and Keystone too, from Debian's packages, and add the regions ceph and openstack
  --rig-port  the first of 18 neighbouring ports for them, on loopback (27480)

Settings are environment variables; see docs/settings.md.`;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        demo: { type: "boolean" },
        empty: { type: "boolean" },
        rebuild: { type: "boolean" },
        "with-rig": { type: "boolean" },
        "rig-port": { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help) return undefined;
    if (values.demo && values.empty) throw new UpError("Choose --demo or --empty.");
    const rigPort = values["rig-port"];
    if (rigPort !== undefined && !values["with-rig"]) throw new UpError("--rig-port goes with --with-rig.");
    return {
      mode: values.demo ? ("demo" as const) : values.empty ? ("empty" as const) : undefined,
      rebuild: values.rebuild ?? false,
      rig: values["with-rig"] ? { port: rigPort } : undefined,
    };
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
