import { createHash, randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import type { PortalFacts } from "../fixtures/portal";
import { readDatabaseUrl } from "../fixtures/portal-database";
import { type PortalClient, signInToPortal } from "../fixtures/portal-client";

/** The portal's limit for one user, which the benchmark keeps. */
const CHANGES_A_MINUTE = 20;
/** More than the portal's minute, which begins when the first change arrives there. */
const WINDOW_MS = 75_000;

/** A project with one user who may change its keys. */
export interface Place {
  project: string;
  client: PortalClient;
  /** The user's API token. */
  token: string;
  /** Resolves when the portal's limit allows one more change of the user. */
  waitForRateLimit: () => Promise<void>;
}

export async function openDatabase(portal: PortalFacts): Promise<Client> {
  const database = new Client({ connectionString: await readDatabaseUrl(portal) });
  await database.connect();
  return database;
}

/** Creates projects with one user and one API token each, by SQL, and signs the users in. */
export async function createPlaces(portal: PortalFacts, database: Client, count: number): Promise<Place[]> {
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
    const token = await createToken(database, emailOf(project));
    places.push({ project, client, token, waitForRateLimit: createRateLimit() });
  }
  return places;
}

/** An API token of a person, by SQL. */
export async function createToken(database: Client, email: string): Promise<string> {
  const token = `lkt_${randomBytes(24).toString("hex")}`;
  await database.query(
    `INSERT INTO api_tokens (id, user_id, name, hash, expires_at)
     SELECT gen_random_uuid(), id, 'bench', $2, now() + interval '1 day' FROM users WHERE email = $1`,
    [email, createHash("sha256").update(token).digest()],
  );
  return token;
}

/** Resolves when no key is being removed, so that no change has work left. */
export async function waitUntilQuiet(database: Client): Promise<void> {
  for (;;) {
    const { rows } = await database.query("SELECT 1 FROM access_keys WHERE state = 'REVOKING' LIMIT 1");
    if (rows.length === 0) return;
    await pause(1);
  }
}

const emailOf = (project: string) => `${project}@latchkey.localhost`;

function createRateLimit(): () => Promise<void> {
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
