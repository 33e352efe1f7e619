import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 8;
const HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES;

/** A 256-bit key from its text in base64 or base64url. Throws unless it has 32 bytes. */
export function parseMasterKey(text: string): Buffer {
  const key = Buffer.from(text, "base64");
  if (key.length !== 32) throw new Error("the master key must be 32 bytes in base64");
  return key;
}

/**
 * The present master key, which encrypts, followed by the former ones (a text with commas), which only decrypt. Throws
 * unless each has 32 bytes.
 */
export function parseMasterKeys(text: string, former: string): [Buffer, ...Buffer[]] {
  return [parseMasterKey(text), ...former.split(",").filter(Boolean).map(parseMasterKey)];
}

/** Identifies a key without revealing it: the first 8 bytes of its SHA-256. */
export function keyIdOf(key: Buffer): Buffer {
  return createHash("sha256").update(key).digest().subarray(0, KEY_ID_BYTES);
}

/**
 * Encrypts a text with AES-256-GCM. The result holds version, key id, nonce, tag and ciphertext. `context` is bound as
 * additional data: a value that was copied to another row or purpose cannot be decrypted there.
 */
export function seal(plaintext: string, key: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  cipher.setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), keyIdOf(key), nonce, cipher.getAuthTag(), body]);
}

/** The beginning, in base64, of every value that `seal` makes with this key. */
export function beginningOfSealed(key: Buffer): string {
  return Buffer.concat([Buffer.from([VERSION]), keyIdOf(key)]).toString("base64");
}

/** Whether `seal` made a value with this key. */
export function isSealedWith(sealed: Buffer, key: Buffer): boolean {
  return sealed.subarray(1, 1 + KEY_ID_BYTES).equals(keyIdOf(key));
}

/**
 * Decrypts a value that `seal` made with one of the keys. Throws when none of the keys made it, when the context
 * differs, or when the value was changed.
 */
export function unseal(sealed: Buffer, keys: Buffer | readonly Buffer[], context: string): string {
  if (sealed[0] !== VERSION) throw new Error("sealed value of an unknown version");
  const key = [keys].flat().find((candidate) => isSealedWith(sealed, candidate));
  if (!key) throw new Error("sealed with another master key");
  const nonce = sealed.subarray(1 + KEY_ID_BYTES, HEADER_BYTES);
  const tag = sealed.subarray(HEADER_BYTES, HEADER_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(ALGORITHM, key, nonce);
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(HEADER_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
}
