import pg from "pg";
import { type OwnPortal, startOwnPortal } from "../fixtures/own-portal";
import { waitFor } from "@/testing/wait";
import { startOwnRig } from "@/testing/rig/own-rig";
import { findMissingPrograms, type Rig } from "@/testing/rig/rig";
import type { Backend } from "./backends";
import { addBuiltinBackends } from "./builtin-backends";
import { addCephBackend } from "./ceph-backend";
import { addKeystoneBackend } from "./keystone-backend";
import { equipWithPrograms, makePeople, type PersonWithProgram } from "./people";
import { readWebEnvironment, type SecondWeb, startSecondWeb } from "./second-web";
import type { GatewayKind } from "@/testing/rig/settings";
import type { Slot } from "./history";
import { goOnEverywhere } from "./stop-process";

/** Everything that the storm happens to. */
export interface World {
  portal: OwnPortal;
  second: SecondWeb;
  rig: Rig | undefined;
  backends: Backend[];
  databaseUrl: string;
  people: PersonWithProgram[];
  slots: Slot[];
  /** Who may change keys in a project. */
  membersOf: (project: string) => PersonWithProgram[];
  /** The addresses of both web processes. */
  webs: string[];
  stop: () => Promise<void>;
}

/** The gateways that a region needs of the rig; none for a region that needs no rig. */
const REGIONS: Record<string, readonly GatewayKind[]> = {
  north: [],
  south: [],
  ceph: ["plain", "plain"],
  // One with a cache goes on taking a removed pair for 300 s, longer than a storm settles.
  openstack: ["uncached"],
};

/** The regions that this machine has the programs for. */
export function listPossibleRegions(): string[] {
  const missing = findMissingPrograms();
  return Object.keys(REGIONS).filter((name) => missing.length === 0 || REGIONS[name]?.length === 0);
}

/** A portal with two web processes, its regions behind proxies, and people who are signed in. */
export async function startWorld(options: { regions: readonly string[]; projects: number }): Promise<World> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    // What is stopped heeds no request to end.
    goOnEverywhere();
    for (let step = undo.pop(); step; step = undo.pop()) await step().catch((error: unknown) => console.error(error));
  };
  try {
    const gateways = options.regions.flatMap((name) => REGIONS[name] ?? []);
    const started = await Promise.allSettled([
      startOwnPortal().then((portal) => (undo.push(portal.stop), portal)),
      gateways.length > 0
        ? startOwnRig(gateways).then((own) => (undo.push(own.stop), own.rig))
        : Promise.resolve(undefined),
    ]);
    const [portal, rig] = started.map((result) => {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    }) as [OwnPortal, Rig | undefined];
    const backends = await addBuiltinBackends(portal);
    if (rig && options.regions.includes("ceph")) backends.push(await addCephBackend(portal, rig));
    if (rig && options.regions.includes("openstack")) backends.push(await addKeystoneBackend(portal, rig));
    undo.push(
      async () =>
        void (await Promise.all(backends.flatMap(({ proxies }) => proxies.map(({ proxy }) => proxy.close())))),
    );
    const second = await startSecondWeb(portal);
    undo.push(second.stop);
    const { DATABASE_URL: databaseUrl = "" } = await readWebEnvironment(portal);

    // Each project has two who change its keys, and each person two projects.
    const projects = Array.from({ length: options.projects }, (_none, index) => `storm-${index}`);
    const memberships = projects.map((slug, index) => [slug, projects[(index + 1) % projects.length] ?? slug]);
    const made = await withDatabase(databaseUrl, (client) => makePeople(client, portal.facts, memberships));
    const people = await equipWithPrograms(portal.facts, made);
    const chosen = backends.filter(({ region }) => options.regions.includes(region));
    return {
      portal,
      second,
      rig,
      backends: chosen,
      databaseUrl,
      people,
      slots: projects.flatMap((project) => chosen.map(({ region }) => ({ project, region }))),
      membersOf: (project) => people.filter((_person, index) => memberships[index]?.includes(project)),
      webs: [portal.facts.url, second.url],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Does something with a connection of its own. */
export async function withDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // The storm restarts the database; a query that is under way tells of it by itself.
  client.on("error", () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Waits until everything runs and answers again. */
export async function waitUntilUp({ webs, databaseUrl }: World): Promise<void> {
  const answers = (url: string) =>
    fetch(`${url}/api/health`, { signal: AbortSignal.timeout(2_000) }).then(
      (reply) => reply.ok,
      () => false,
    );
  await waitFor("both web processes", async () => (await Promise.all(webs.map(answers))).every(Boolean), 60);
  await waitFor("the database", () => withDatabase(databaseUrl, async () => true).catch(() => false), 60);
}
