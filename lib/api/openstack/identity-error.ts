import { STATUS_CODES } from "node:http";

/** An error in the form of Keystone. OpenStack's clients print the message. */
export function composeIdentityError(status: number, message: string) {
  return { error: { code: status, title: STATUS_CODES[status] ?? "Error", message } };
}
