import { AppError } from "@/lib/platform/errors";
import { Prisma } from "@/prisma/generated/client";

/** PostgreSQL's classes of errors that say nothing of the statement: connection, resources, operator. */
const UNAVAILABLE_CLASSES = ["08", "53", "57"];
const LOCK_TIMEOUT = "55P03";
const IDLE_TIMEOUT = "25P03";

/** Prisma's codes for a server that cannot be reached and for a transaction that took too long. */
const UNAVAILABLE_CODES = ["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"];

/** The operating system's codes for a connection that cannot be made or that broke. */
const CONNECTION_CODES = ["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "EPIPE", "ETIMEDOUT"];

/** What node-postgres says of a broken connection. These errors have no code. */
const CONNECTION_MESSAGES = [
  "Client has encountered a connection error",
  "Connection terminated",
  "timeout exceeded when trying to connect",
  "Query read timeout",
];

/**
 * Turns an error of a database that does not answer into UNAVAILABLE, for whoever answers a request. Returns every
 * other error as it is.
 */
export function nameUnavailable(error: unknown): unknown {
  if (!isUnavailable(error)) return error;
  const userMessage = "The portal's database does not answer. Reload the page to see how it stands.";
  return new AppError("UNAVAILABLE", "the database does not answer", { userMessage, cause: error });
}

/** Whether an error of Prisma or of node-postgres says that the database does not answer now. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientKnownRequestError) {
    return isStateOfServer(readAdapterError(error)?.originalCode ?? "") || UNAVAILABLE_CODES.includes(error.code);
  }
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  // A host name with several addresses fails with one error for each address.
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isUnavailable);
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return (
    CONNECTION_CODES.includes(code) ||
    isStateOfServer(code) ||
    CONNECTION_MESSAGES.some((message) => error.message.startsWith(message))
  );
}

/** Whether a transaction ended because it waited too long for a lock. Nothing of it was kept. */
export function isLockTimeout(error: unknown): boolean {
  const cause = error instanceof AppError ? error.cause : error;
  return (
    cause instanceof Prisma.PrismaClientKnownRequestError && readAdapterError(cause)?.originalCode === LOCK_TIMEOUT
  );
}

/** What the adapter adds to Prisma's error: PostgreSQL's own code, and the kind that the adapter makes of it. */
export function readAdapterError(error: Prisma.PrismaClientKnownRequestError): AdapterError | undefined {
  const meta = error.meta as { driverAdapterError?: { cause?: AdapterError } } | undefined;
  return meta?.driverAdapterError?.cause;
}

interface AdapterError {
  kind?: string;
  originalCode?: string;
}

function isStateOfServer(state: string): boolean {
  if (!/^[0-9A-Z]{5}$/.test(state)) return false;
  return [LOCK_TIMEOUT, IDLE_TIMEOUT].includes(state) || UNAVAILABLE_CLASSES.includes(state.slice(0, 2));
}
