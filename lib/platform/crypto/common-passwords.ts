let listed: Promise<ReadonlySet<string>> | undefined;

/** The list is read when the first password is chosen: most processes never need it. */
async function readList(): Promise<ReadonlySet<string>> {
  const { default: list } = await import("@/lib/platform/crypto/common-passwords.json");
  return new Set(list.passwords);
}

/**
 * Whether a password is one of the 10,000 that people use most: as it is, repeated, or with a few digits or signs
 * behind it. Capital letters make no difference. One repeated character counts as common too.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  listed ??= readList();
  const list = await listed;
  const folded = password.toLowerCase();
  const word = folded.replace(/[^a-z]{1,6}$/, "");
  const repeated = /^(.+?)\1+$/.exec(folded)?.[1];
  if (list.has(folded) || list.has(word)) return true;
  return repeated !== undefined && (repeated.length === 1 || list.has(repeated));
}
