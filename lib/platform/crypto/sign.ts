import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from "node:crypto";

const SEED_BYTES = 32;
/** What stands before the seed in a private Ed25519 key in PKCS #8, in DER (RFC 8410). */
const PKCS8_BEFORE_SEED = Buffer.from("302e020100300506032b657004220420", "hex");
const KEY_ID_DIGITS = 16;

/** A key that signs texts with Ed25519. */
export interface SigningKey {
  keyId: string;
  /** SPKI in DER, in base64. */
  publicKey: string;
  /** The signature of the text in UTF-8, in base64. */
  sign: (text: string) => string;
}

/**
 * The signing key of a master key for one purpose. HKDF-SHA-256 derives it, so it is nowhere stored, and another master
 * key gives another one.
 */
export function deriveSigningKey(masterKey: Buffer, purpose: string): SigningKey {
  const seed = Buffer.from(hkdfSync("sha256", masterKey, Buffer.alloc(0), purpose, SEED_BYTES));
  const der = Buffer.concat([PKCS8_BEFORE_SEED, seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const publicKey = createPublicKey(privateKey).export({ format: "der", type: "spki" }).toString("base64");
  return {
    keyId: keyIdOfPublicKey(publicKey),
    publicKey,
    sign: (text) => sign(null, Buffer.from(text), privateKey).toString("base64"),
  };
}

/** Identifies a public key: the first 16 hexadecimal digits of the SHA-256 of its DER. */
export function keyIdOfPublicKey(publicKey: string): string {
  return createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex").slice(0, KEY_ID_DIGITS);
}

/** Whether the text bears the signature of this key. False for texts that are no key or no signature. */
export function isSignedBy(publicKey: string, text: string, signature: string): boolean {
  const key = readPublicKey(publicKey);
  const bytes = Buffer.from(signature, "base64");
  // One signature has one text, so that no changed character goes unnoticed.
  if (!key || bytes.toString("base64") !== signature) return false;
  return verify(null, Buffer.from(text), key, bytes);
}

function readPublicKey(publicKey: string): KeyObject | undefined {
  try {
    const der = Buffer.from(publicKey, "base64");
    const key = createPublicKey({ key: der, format: "der", type: "spki" });
    return key.asymmetricKeyType === "ed25519" && der.toString("base64") === publicKey ? key : undefined;
  } catch {
    return undefined;
  }
}
