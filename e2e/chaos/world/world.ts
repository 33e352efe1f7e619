import { startOwnRig } from "@/testing/rig/own-rig";
import { findMissingPrograms, type Rig } from "@/testing/rig/rig";
import type { GatewayKind } from "@/testing/rig/settings";
import { waitFor } from "@/testing/wait";
import { withDatabase } from "../../fixtures/database";
import { type OwnPortal, startOwnPortal } from "../../fixtures/own-portal";
import { createPeople } from "../../fixtures/people";
import { readWebEnvironment, type SecondWeb, startSecondWeb } from "../../fixtures/second-web";
import type { Slot } from "../history";
import type { Backend } from "./backend";
import { addBuiltinBackends } from "./builtin-backends";
import { addCephBackend } from "./ceph-backend";
import { addKeystoneBackend } from "./keystone-backend";
import { resumeAll } from "./pause-process";
import { addPrograms, type PersonWithProgram } from "./programs";

/** Everything that a chaos run uses: the portal, the storage systems, the database and the users. */
export interface World {
  portal: OwnPortal;
  second: SecondWeb;
  rig: Rig | undefined;
  backends: Backend[];
  databaseUrl: string;
  people: PersonWithProgram[];
  slots: Slot[];
  /** The users who may change keys in a project. */
  membersOf: (project: string) => PersonWithProgram[];
  /** The addresses of both web processes. */
  webs: string[];
  stop: () => Promise<void>;
}

/** The gateways of the rig that each region needs. A region with an empty list needs no rig. */
const REGIONS: Record<string, readonly GatewayKind[]> = {
  north: [],
  south: [],
  ceph: ["plain", "plain"],
  // A gateway with a cache accepts a removed key for 300 s, longer than a chaos run waits for the portal to settle.
  openstack: ["uncached"],
};

/** The regions for which this machine has the programs. */
export function listPossibleRegions(): string[] {
  const missing = findMissingPrograms();
  return Object.keys(REGIONS).filter((name) => missing.length === 0 || REGIONS[name]?.length === 0);
}

/** Starts a portal with two web processes, puts its regions behind proxies, and signs users in. */
export async function startWorld(options: { regions: readonly string[]; projects: number }): Promise<World> {
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    resumeAll();
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
    const proxies = backends.flatMap((backend) => backend.proxies);
    undo.push(async () => void (await Promise.all(proxies.map(({ proxy }) => proxy.close()))));
    const second = await startSecondWeb(portal);
    undo.push(second.stop);
    const { DATABASE_URL: databaseUrl = "" } = await readWebEnvironment(portal);

    // Each project has two users who change its keys, and each user has two projects.
    const projects = Array.from({ length: options.projects }, (_none, index) => `chaos-${index}`);
    const memberships = projects.map((slug, index) => [slug, projects[(index + 1) % projects.length] ?? slug]);
    const signedIn = await withDatabase(databaseUrl, (client) => createPeople(client, portal.facts, memberships));
    const people = await addPrograms(portal.facts, signedIn);
    const chosen = backends.filter(({ region }) => options.regions.includes(region));
    return {
      portal,
      second,
      rig,
      backends: chosen,
      databaseUrl,
      people,
      slots: projects.flatMap((project) => chosen.flatMap(({ region }) => listSlots(project, region))),
      membersOf: (project) => people.filter((_person, index) => memberships[index]?.includes(project)),
      webs: [portal.facts.url, second.url],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Keystone cannot tell keys apart. */
const WITHOUT_READ_ONLY: readonly string[] = ["openstack"];

/** The key of the card, and a named key beside it. */
function listSlots(project: string, region: string): Slot[] {
  const access = WITHOUT_READ_ONLY.includes(region) ? "full" : "read-only";
  return [
    { project, region },
    { project, region, name: "backup host", access },
  ];
}

/** Waits until both web processes and the database answer. */
export async function waitUntilUp({ webs, databaseUrl }: World): Promise<void> {
  const answers = (url: string) =>
    fetch(`${url}/api/health`, { signal: AbortSignal.timeout(2_000) }).then(
      (reply) => reply.ok,
      () => false,
    );
  await waitFor("both web processes", async () => (await Promise.all(webs.map(answers))).every(Boolean), 180);
  await waitFor("the database", () => withDatabase(databaseUrl, async () => true).catch(() => false), 180);
}
