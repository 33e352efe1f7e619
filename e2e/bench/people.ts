import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { runAdmin } from "../fixtures/admin";
import type { PortalFacts } from "../fixtures/portal";
import { type PortalClient, signInToPortal } from "../fixtures/portal-client";

/** What one person may do in a minute; the portal's limits stay as they are. */
const CHANGES_A_MINUTE = 20;
/** A minute from the first change, which comes a while after it was asked for here. */
const WINDOW_MS = 75_000;

/** A project with one person in it who may change its keys. */
export interface Place {
  project: string;
  client: PortalClient;
  /** Stands for the same person at the API. */
  token: string;
  /** Resolves when the person may change one more key, within the portal's limit. */
  takePoint: () => Promise<void>;
}

export async function openDatabase(portal: PortalFacts): Promise<Client> {
  const { port, password } = JSON.parse(await readFile(join(portal.dataDir, "database.json"), "utf8")) as {
    port: number;
    password: string;
  };
  const database = new Client({ host: "127.0.0.1", port, user: "latchkey", password, database: "latchkey" });
  await database.connect();
  return database;
}

/** Makes projects with a person each, past the portal, and signs everyone in through it. */
export async function makePlaces(portal: PortalFacts, database: Client, count: number): Promise<Place[]> {
  const known = portal.users.find(({ role }) => role === "member+");
  if (!known) throw new Error("nobody is member+");
  const names = Array.from({ length: count }, (_none, index) => `bench-${index + 1}`);
  for (const project of names) {
    await database.query(
      `WITH person AS (
         INSERT INTO users (id, email, name, password_hash)
         SELECT gen_random_uuid(), $1, $2, password_hash FROM users WHERE email = $3 RETURNING id),
       place AS (INSERT INTO projects (id, slug, name) VALUES (gen_random_uuid(), $2, $2) RETURNING id)
       INSERT INTO memberships (project_id, user_id, role) SELECT place.id, person.id, 'member+' FROM place, person`,
      [emailOf(project), project, known.email],
    );
  }
  const places: Place[] = [];
  for (const project of names) {
    const client = await signInToPortal(portal.url, { email: emailOf(project), password: known.password });
    const token = await createToken(portal, emailOf(project));
    places.push({ project, client, token, takePoint: limitPace() });
  }
  return places;
}

async function createToken(portal: PortalFacts, email: string): Promise<string> {
  const printed = await runAdmin(portal, ["token", "create", email, "--name", "bench"]);
  const token = /lkt_\w+/.exec(printed)?.[0];
  if (!token) throw new Error("no token was printed");
  return token;
}

/** Resolves when no key waits for its removal: the work of every change is done. */
export async function waitUntilQuiet(database: Client): Promise<void> {
  for (;;) {
    const { rows } = await database.query("SELECT 1 FROM access_keys WHERE state = 'REVOKING' LIMIT 1");
    if (rows.length === 0) return;
    await pause(1);
  }
}

const emailOf = (project: string) => `${project}@latchkey.localhost`;

function limitPace(): () => Promise<void> {
  let begin = 0;
  let taken = 0;
  return async () => {
    if (taken >= CHANGES_A_MINUTE) {
      await pause(Math.max(0, begin + WINDOW_MS - Date.now()));
      taken = 0;
    }
    if (taken === 0 || Date.now() > begin + WINDOW_MS) {
      begin = Date.now();
      taken = 0;
    }
    taken += 1;
  };
}
