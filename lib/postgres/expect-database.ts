import { Client } from "pg";

const ANSWER_MS = 10_000;

/**
 * Opens a connection to the database and closes it. Throws when the database accepts no connection within 10 s. The
 * message names the setting and never its value.
 */
export async function expectDatabase(url: string): Promise<void> {
  try {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: ANSWER_MS });
    // The database has answered by then, so an error while the connection closes does not matter.
    client.on("error", () => undefined);
    await client.connect();
    await client.end();
  } catch (error) {
    throw new Error(`DATABASE_URL must name a database that can be used (${reasonOf(error)})`, { cause: error });
  }
}

/** A host name with several addresses fails with an AggregateError, whose own message is empty. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
