/** 40 characters of the base64 alphabet with a lower case letter among them: no access key looks like this. */
const SECRET = /^(?=.*[a-z])[A-Za-z0-9/+]{40}$/;

export const SECRET_PASTED =
  "This looks like a secret key, so it was not sent. Search for the access key instead, and treat this secret as leaked.";

/** Whether a text typed into a search has the shape of a secret access key: it must not get into an address. */
export function looksLikeSecret(text: string): boolean {
  return SECRET.test(text.trim());
}
