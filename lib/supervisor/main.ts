import { parseArgs } from "node:util";
import { explain } from "@/lib/supervisor/explain";
import { up, UpError } from "@/lib/supervisor/up";

const UP_USAGE = `npm run up [-- options]

  --demo      make the demo project and its people even with an external database, or where others can reach the portal
  --empty     make one platform-admin and nothing else
  --rebuild   build the portal even if nothing changed
  --with-rig  start a real Ceph and Keystone too, from Debian's packages, and add the regions ceph and openstack
  --rig-port  the first of 18 consecutive loopback ports for them (27480)

Settings are environment variables; see docs/settings.md.`;

const DEV_USAGE = `npm run dev [-- options]

Starts Latchkey for work on its code, with demo data. Pages follow their sources, and the other programs restart when
their sources change. The data folder is .data-dev and the ports are 3100 and 9100 to 9102. LATCHKEY_DATA_DIR, PORT and
S3_PORT change them. \`npm run dev\` and \`npm run up\` can run at the same time.

  --with-rig  start a real Ceph and Keystone too, from Debian's packages, and add the regions ceph and openstack
  --rig-port  the first of 18 consecutive loopback ports for them (27480)`;

const usage = process.argv.includes("--dev") ? DEV_USAGE : UP_USAGE;

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        dev: { type: "boolean" },
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
    if (rigPort !== undefined && !values["with-rig"]) throw new UpError("--rig-port needs --with-rig.");
    return {
      dev: values.dev ?? false,
      mode: values.demo ? ("demo" as const) : values.empty ? ("empty" as const) : undefined,
      rebuild: values.rebuild ?? false,
      rig: values["with-rig"] ? { port: rigPort } : undefined,
    };
  } catch (error) {
    throw new UpError(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  }
}

try {
  const options = readOptions();
  if (options) await up(options);
  else console.log(usage);
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
