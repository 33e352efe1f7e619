import { writeFile } from "node:fs/promises";
import { runProbes } from "./probe-runner";
import { PROBES } from "./probes";

// Asks a real radosgw everything in PROBES and writes down its answers, as `reference.test.ts` reads them.
const [endpoint = "", ownerId = "", ownerSecret = "", strangerId = "", strangerSecret = "", file = ""] =
  process.argv.slice(2);
const owner = { accessKeyId: ownerId, secretAccessKey: ownerSecret };
const stranger = { accessKeyId: strangerId, secretAccessKey: strangerSecret };
const findings = await runProbes(PROBES, { endpoint, region: "default", owner, stranger });
const lines = [...findings].map(([name, finding]) => `${JSON.stringify(name)}: ${JSON.stringify(finding)}`);
await writeFile(file, `{\n${lines.join(",\n")}\n}\n`);
process.stdout.write(`${findings.size} answers in ${file}\n`);
