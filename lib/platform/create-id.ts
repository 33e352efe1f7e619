import { v7 } from "uuid";

/** A new row's id: a UUID of version 7, which sorts by the time it was made. */
export function createId(): string {
  return v7();
}

/** Before every id: where a list that is read in parts begins. */
export const BEFORE_ALL_IDS = "00000000-0000-0000-0000-000000000000";
