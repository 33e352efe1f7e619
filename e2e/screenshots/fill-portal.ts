import { startBuiltinServer } from "../fixtures/builtin-server";
import { runAdmin } from "../fixtures/admin";
import { withDatabase } from "../fixtures/database";
import { letDatePass } from "../fixtures/let-date-pass";
import { personOf } from "../fixtures/test";
import type { PortalFacts } from "../fixtures/portal";
import type { PortalAnswer } from "../fixtures/portal-answer";
import { HOUR_SECONDS, type IssueResult, type PortalClient, signInToPortal } from "../fixtures/portal-client";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { waitFor } from "@/testing/wait";
import { addPeopleAndProjects, FULL, MAKER } from "./people-and-projects";
import { writeSilence, writeUsageFigures } from "./usage-figures";

/** A region whose storage system no longer answers. */
const SILENT = "west";
const NAMED = "backup host of the observatory in Ny-Ålesund";

/** What the screens need to know of the filled portal. */
export interface Filled {
  /** An access key of the full project that works. */
  accessKeyId: string;
  /** Access keys of the project `demo`, for a bulk revocation. */
  spare: string[];
}

/**
 * Fills a new portal: regions, people, projects, and keys that are made, changed and ended as people do. What has to be
 * ended afterwards is added to `ends`, also when filling fails.
 */
export async function fillPortal(portal: PortalFacts, ends: (() => Promise<void>)[]): Promise<Filled> {
  await addRegion(portal, "east", ends);
  const silent = await addRegion(portal, SILENT, ends);
  const url = await readDatabaseUrl(portal);
  await withDatabase(url, addPeopleAndProjects);
  const { password } = personOf(portal, "member+");
  const maker = await signInToPortal(portal.url, { email: MAKER.email, password });
  const place = { project: FULL, region: "north" };
  await enable(maker, place);
  await enable(maker, { ...place, name: NAMED, access: "read-only" });
  await enable(maker, { ...place, name: "laptop" });
  await maker.deactivate({ ...place, name: "laptop" });
  await acknowledge(maker, place.project, await maker.regenerate(place));
  const accessKeyId = await acknowledge(
    maker,
    place.project,
    await maker.regenerate({ ...place, overlapSeconds: 24 * HOUR_SECONDS }),
  );
  await maker.setExpiration({ ...place, expirationDate: new Date(Date.now() + 5 * 86_400_000).toISOString() });
  const expiring = { ...place, region: "south" };
  const expired = await enable(maker, expiring);
  await maker.setExpiration({ ...expiring, expirationDate: new Date(Date.now() + 86_400_000).toISOString() });
  await letDatePass(portal, expired);
  await enable(maker, { ...place, region: SILENT });
  const member = await signInToPortal(portal.url, personOf(portal, "member+"));
  const spare: string[] = [];
  for (const name of ["ci", "laptop", "nightly"])
    spare.push(await enable(member, { project: "demo", region: "south", name }));

  await waitFor("the expired key", async () => {
    const answer = await maker.readCards(FULL);
    return answer.kind === "data" && answer.data.some(({ state }) => state === "EXPIRED");
  });
  await silent.kill();
  await withDatabase(url, async (database) => {
    await writeUsageFigures(database);
    await writeSilence(database, SILENT);
  });
  return { accessKeyId, spare };
}

async function addRegion(portal: PortalFacts, name: string, ends: (() => Promise<void>)[]) {
  const server = await startBuiltinServer(name);
  ends.push(server.stop);
  const { endpoint, adminUrl, token } = server;
  const flags = ["--endpoint", endpoint, "--signing-region", `${name}-1`, "--admin-url", adminUrl];
  await runAdmin(portal, ["region", "create", name, ...flags], token);
  return server;
}

async function enable(client: PortalClient, request: Parameters<PortalClient["enable"]>[0]): Promise<string> {
  return acknowledge(client, request.project, await client.enable(request));
}

async function acknowledge(client: PortalClient, project: string, answer: PortalAnswer<IssueResult>): Promise<string> {
  if (answer.kind !== "data" || !("operationId" in answer.data)) throw new Error(JSON.stringify(answer));
  await client.acknowledge({ project, operationId: answer.data.operationId });
  return answer.data.accessKeyId;
}
