import { userInfo } from "node:os";

/** What this machine calls the person. A container may have no name for its user. */
export function readUser(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
