import { Client } from "pg";

const ANSWER_MS = 10_000;

/** Opens a connection and closes it again. Throws, naming the setting and never its value, when that fails. */
export async function expectDatabase(url: string): Promise<void> {
  try {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: ANSWER_MS });
    // One that breaks while it is being closed has served its purpose.
    client.on("error", () => undefined);
    await client.connect();
    await client.end();
  } catch (error) {
    throw new Error(`DATABASE_URL must name a database that can be used (${reasonOf(error)})`, { cause: error });
  }
}

/** A name with several addresses fails with one error for each and no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
