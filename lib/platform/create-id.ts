import { v7 } from "uuid";

/** A new row's id: a UUID of version 7, which sorts by the time it was made. */
export function createId(): string {
  return v7();
}
