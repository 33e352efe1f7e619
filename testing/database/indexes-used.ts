import type { Pool } from "pg";
import { vi } from "vitest";

interface PlanNode {
  "Index Name"?: string;
  Plans?: PlanNode[];
}

interface Sent {
  text: string;
  values: unknown[];
}

/**
 * The indexes by which the SELECTs of `work` may be answered. A small table is read as a whole, however it is indexed, so
 * the plans are made as if such a scan were dear. They depend on the statistics, so run ANALYZE before.
 */
export async function listIndexesUsed(pool: Pool, work: () => Promise<unknown>): Promise<string[]> {
  const spy = vi.spyOn(pool, "query");
  await work();
  const sent = spy.mock.calls.map(([query]) => query as unknown as Sent);
  spy.mockRestore();
  const client = await pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL enable_seqscan = off");
    const names: string[] = [];
    for (const { text, values } of sent.filter((query) => query.text.startsWith("SELECT"))) {
      const explained = await client.query<{ "QUERY PLAN": { Plan: PlanNode }[] }>({
        text: `EXPLAIN (FORMAT JSON) ${text}`,
        values,
      });
      for (const { Plan } of explained.rows[0]?.["QUERY PLAN"] ?? []) names.push(...namesOf(Plan));
    }
    return names;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

const namesOf = ({ "Index Name": name, Plans = [] }: PlanNode): string[] => [
  ...(name === undefined ? [] : [name]),
  ...Plans.flatMap(namesOf),
];
