import type { Client } from "pg";
import type { Measured } from "./requests";
import { ROUNDS, type RoundValues } from "./statements";

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * The worker's rounds. A round has no answer that could be timed from outside, so its statements are sent to the database
 * one after the other. A test compares them with what the worker sends. What a round deletes comes back.
 */
export async function composeRounds(database: Client): Promise<Measured[]> {
  // Among them is the one with most keys.
  const principals = await readIds(
    database,
    `(SELECT principals.id FROM principals JOIN projects ON projects.id = project_id WHERE slug = 'demo')
     UNION ALL (SELECT id FROM principals ORDER BY id DESC LIMIT 198)`,
  );
  const now = new Date();
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const values: RoundValues = { now, before: "00000000-0000-0000-0000-000000000000", daysAgo, principals };
  return Object.entries(ROUNDS).map(([name, compose]) => ({
    name: `worker: ${name}`,
    async run() {
      await database.query("BEGIN");
      for (const { text, values: sent } of compose(values)) await database.query(text, sent);
      await database.query("ROLLBACK");
    },
  }));
}

async function readIds(database: Client, sql: string): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(sql);
  return rows.map(({ id }) => id);
}
