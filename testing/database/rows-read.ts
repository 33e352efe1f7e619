import type { Pool } from "pg";
import { vi } from "vitest";

/** A node of a plan, as EXPLAIN (ANALYZE, FORMAT JSON) tells it. */
interface PlanNode {
  "Node Type": string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  "Rows Removed by Index Recheck"?: number;
  Plans?: PlanNode[];
}

interface Sent {
  text: string;
  values: unknown[];
}

/**
 * How many rows the largest SELECT of `work` reads from tables, those that it throws away included. The plans depend on
 * the statistics, so run ANALYZE before.
 */
export async function countRowsRead(pool: Pool, work: () => Promise<unknown>): Promise<number> {
  const spy = vi.spyOn(pool, "query");
  await work();
  const sent = spy.mock.calls.map(([query]) => query as unknown as Sent);
  spy.mockRestore();
  let most = 0;
  for (const { text, values } of sent.filter((query) => query.text.startsWith("SELECT"))) {
    const explained = await pool.query<{ "QUERY PLAN": { Plan: PlanNode }[] }>({
      text: `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`,
      values,
    });
    const plan = explained.rows[0]?.["QUERY PLAN"][0]?.Plan;
    if (plan) most = Math.max(most, countScanned(plan));
  }
  return most;
}

function countScanned(node: PlanNode): number {
  const below = (node.Plans ?? []).reduce((sum, plan) => sum + countScanned(plan), 0);
  // A bitmap index scan counts entries of the index. The heap scan above it counts the rows.
  if (!node["Node Type"].endsWith("Scan") || node["Node Type"] === "Bitmap Index Scan") return below;
  const removed = (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  return below + (node["Actual Rows"] + removed) * node["Actual Loops"];
}
