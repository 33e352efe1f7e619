import { cpus, loadavg } from "node:os";
import { requestSession, signInToPortal } from "../../fixtures/portal-client";
import { composeTable } from "../figures";
import { measurePortal } from "../measure-portal";
import { measureWithLighthouse } from "./lighthouse";
import { DASHBOARD, measureSlowProfile } from "./slow-profile";

/** Measures the sign-in page and the dashboard with Lighthouse, and the dashboard on a slow line and processor. */
async function main(): Promise<void> {
  await measurePortal(async ({ facts: { url } }, person) => {
    await enableAccess(url, person);
    const session = await requestSession(url, person);
    console.log(`${cpus()[0]?.model.trim() ?? "unknown"}, ${cpus().length} cores, Node ${process.version}, ${url}`);
    console.log(`Load of the machine at the start: ${loadavg()[0]?.toFixed(1)}\n`);
    const scores = [await measureWithLighthouse(url, "/login"), await measureWithLighthouse(url, DASHBOARD, session)];
    console.log(`${composeTable([["Lighthouse", "aim", "/login", DASHBOARD], ...joinColumns(scores)])}\n`);
    console.log(composeTable(await measureSlowProfile(url, session)));
    console.log(`\nLoad of the machine at the end: ${loadavg()[0]?.toFixed(1)}`);
  });
}

/** One region of the dashboard shows a key, as a project in use does. The other one offers to enable access. */
async function enableAccess(url: string, person: { email: string; password: string }): Promise<void> {
  const client = await signInToPortal(url, person);
  const answer = await client.enable({ project: "demo", region: "north" });
  if (answer.kind !== "data" || !answer.data.ok || answer.data.outcome !== "issued")
    throw new Error("the access could not be enabled");
  await client.acknowledge({ project: "demo", operationId: answer.data.operationId });
}

function joinColumns(pages: readonly (readonly { name: string; aim: string; figure: string }[])[]): string[][] {
  const [first = []] = pages;
  return first.map(({ name, aim }, row) => [name, aim, ...pages.map((page) => page[row]?.figure ?? "")]);
}

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
