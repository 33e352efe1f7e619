import { hash, verify } from "@node-rs/argon2";

// OWASP's second argon2id profile: 19 MiB, two passes. The library's algorithm is argon2id unless told otherwise.
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

let nobody: Promise<string> | undefined;

/** An argon2id hash in PHC form. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, OPTIONS);
}

/** Whether a password fits a hash. Without a hash it takes as long and says no. */
export async function verifyPassword(passwordHash: string | undefined, password: string): Promise<boolean> {
  nobody ??= hashPassword("the password of nobody");
  const fits = await verify(passwordHash ?? (await nobody), password);
  return passwordHash !== undefined && fits;
}
