import type { Client } from "pg";
import { runAdmin } from "../fixtures/admin";
import { type ApiClient, connectWithToken } from "../fixtures/api-client";
import type { PortalFacts } from "../fixtures/portal";
import { type PortalClient, signInToPortal } from "../fixtures/portal-client";
import { inParallel } from "./in-parallel";

/** Somebody who changes keys. */
export interface TorturePerson {
  id: string;
  email: string;
  client: PortalClient;
}

/** Somebody who also has a program do it. */
export interface PersonWithProgram extends TorturePerson {
  program: ApiClient;
  /** What the program shows for itself. */
  token: string;
}

/** Sessions of one address are limited to 60 in a quarter of an hour. */
const PEOPLE_MAX = 50;

/**
 * Makes people and projects in one stroke: a hundred calls of the command line would take a minute. They have the
 * password of the first run's member+.
 */
export async function makePeople(
  database: Client,
  portal: PortalFacts,
  memberships: readonly (readonly string[])[],
): Promise<TorturePerson[]> {
  if (memberships.length > PEOPLE_MAX) throw new Error(`at most ${PEOPLE_MAX} people`);
  const like = portal.users.find(({ role }) => role === "member+");
  if (!like) throw new Error("the first run made no member+");
  const { rows } = await database.query<{ password_hash: string }>("SELECT password_hash FROM users WHERE email = $1", [
    like.email,
  ]);
  const slugs = [...new Set(memberships.flat())];
  await database.query(
    "INSERT INTO projects (id, slug, name) SELECT gen_random_uuid(), slug, slug FROM unnest($1::text[]) AS slug",
    [slugs],
  );
  const people: { id: string; email: string }[] = [];
  for (const [index, projects] of memberships.entries()) {
    const email = `person-${slugs[0] ?? "none"}-${index}@latchkey.localhost`;
    const made = await database.query<{ id: string }>(
      "INSERT INTO users (id, email, name, password_hash) VALUES (gen_random_uuid(), $1, $2, $3) RETURNING id",
      [email, `Person ${index}`, rows[0]?.password_hash],
    );
    const id = made.rows[0]?.id ?? "";
    await database.query(
      "INSERT INTO memberships (project_id, user_id, role) SELECT id, $1, 'member+' FROM projects WHERE slug = ANY($2)",
      [id, projects],
    );
    people.push({ id, email });
  }
  const signIn = ({ email }: { email: string }) => signInToPortal(portal.url, { email, password: like.password });
  return Promise.all(people.map(async ({ id, email }) => ({ id, email, client: await signIn({ email }) })));
}

/** Gives everybody a token, as an operator does. */
export async function equipWithPrograms(
  portal: PortalFacts,
  people: readonly TorturePerson[],
): Promise<PersonWithProgram[]> {
  const tokens = new Map<string, string>();
  await inParallel(people, async ({ id, email }) => {
    tokens.set(id, (await runAdmin(portal, ["token", "create", email, "--name", "storm"])).trim());
  });
  return people.map((person) => {
    const token = tokens.get(person.id) ?? "";
    return { ...person, token, program: connectWithToken(portal.url, token) };
  });
}
