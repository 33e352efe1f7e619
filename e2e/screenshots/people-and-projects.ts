import type { Client } from "pg";

/** The project whose screens are full: long names, keys in every state, buckets and two years of figures. */
export const FULL = "atmosphere";
/** A project with nothing in it. */
export const EMPTY = "new-project";

const FULL_NAME = "Institute for Atmospheric Physics: long-term observation archive and model ensembles, phase III";

/** Who makes the keys of the full project. */
export const MAKER = {
  email: "maximiliane-theodora.hohenstaufen-wittelsbach@observatory.climate.example.org",
  name: "Prof. Dr. Maximiliane-Theodora von Hohenstaufen-Wittelsbach",
};

const PEOPLE: [name: string, email: string, role: string][] = [
  [MAKER.name, MAKER.email, "admin"],
  ["Bo", "bo@example.org", "member"],
  ["María José Fernández de la Vega y Sotomayor", "mjose@example.org", "member+"],
  ["محمد بن عبد العزيز", "m.aziz@example.org", "member+"],
];
/** More people than a page of a list has. */
const MORE_PEOPLE = 1_000;

/** Adds people and projects by SQL. Each person has the password of the first run's member+. */
export async function addPeopleAndProjects(database: Client): Promise<void> {
  const project = "INSERT INTO projects (id, slug, name) VALUES (uuidv7(), $1, $2)";
  await database.query(project, [FULL, FULL_NAME]);
  await database.query(project, [EMPTY, "New project"]);
  const person = `INSERT INTO users (id, email, name, password_hash)
    SELECT uuidv7(), $1, $2, password_hash FROM users WHERE email = 'member-plus@latchkey.localhost'`;
  await database.query(
    `INSERT INTO users (id, email, name, created_at)
     SELECT uuidv7(), 'person-' || i || '@example.org', 'Person ' || i, now() - i * interval '1 day'
     FROM generate_series(1, $1::int) AS i`,
    [MORE_PEOPLE],
  );
  for (const [name, email] of PEOPLE) await database.query(person, [email, name]);
  const member = `INSERT INTO memberships (project_id, user_id, role)
    SELECT projects.id, users.id, $3 FROM projects, users WHERE slug = $1 AND email = $2`;
  for (const [, email, role] of PEOPLE) await database.query(member, [FULL, email, role]);
  for (const slug of [FULL, EMPTY]) await database.query(member, [slug, "owner@latchkey.localhost", "admin"]);
  await database.query(member, [FULL, "member@latchkey.localhost", "member"]);
  await database.query(
    `INSERT INTO memberships (project_id, user_id, role, created_at)
     SELECT projects.id, users.id, 'member', users.created_at FROM projects, users
     WHERE slug = $1 AND email LIKE 'person-%'`,
    [FULL],
  );
}
