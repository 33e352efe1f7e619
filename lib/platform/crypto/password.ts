import { hash, verify } from "@node-rs/argon2";

// OWASP's second argon2id profile: 19 MiB, two passes. argon2id is the library's default algorithm.
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

let dummyHash: Promise<string> | undefined;

/** An argon2id hash in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS);
}

/** Whether a password matches a hash. Without a hash it returns false after the same time, so that no user is revealed. */
export async function verifyPassword(passwordHash: string | null | undefined, password: string): Promise<boolean> {
  dummyHash ??= hashPassword("a password of no user");
  const matches = await verify(passwordHash ?? (await dummyHash), password);
  return typeof passwordHash === "string" && matches;
}
