import { createHash } from "node:crypto";

/** The length of a secret access key. A longer form is looked up by its first 40 characters. */
const WINDOW = 40;
/** Runs of characters that may hold a secret or a form of one. The shortest form is the base64 of 16 bytes. */
const RUNS = /[A-Za-z0-9+/_-]{22,}/g;

/** Returns the secrets that a text contains. */
export type Search = (text: string) => Set<string>;

/**
 * Finds secrets in plain text and in other forms, also inside longer words: hex, base64 (also of a longer text with
 * the secret in it), and the SHA-256 in both. The shorter hashes SHA-1 and MD5 are found only as words of their own.
 * The SHA-256 of a token is not looked for, because the portal stores it.
 */
export function searchFor(secrets: readonly string[], tokens: readonly string[] = []): Search {
  const long = new Map<string, { form: string; secret: string }[]>();
  const short = new Map<string, string>();
  for (const secret of [...secrets, ...tokens]) {
    for (const form of formsOf(secret, tokens.includes(secret) ? [] : ["sha256"])) {
      if (form.length < WINDOW) short.set(form, secret);
      else long.set(form.slice(0, WINDOW), [...(long.get(form.slice(0, WINDOW)) ?? []), { form, secret }]);
    }
  }
  return (text) => {
    const found = new Set<string>();
    for (const [run] of text.matchAll(RUNS)) {
      for (const word of [run, ...run.split(/[+/_-]/)]) {
        // PostgreSQL writes bytes as \x6c61.
        const secret = short.get(word) ?? short.get(word.replace(/^x/, ""));
        if (secret !== undefined) found.add(secret);
      }
      for (let from = 0; from + WINDOW <= run.length; from += 1) {
        for (const { form, secret } of long.get(run.slice(from, from + WINDOW)) ?? [])
          if (run.startsWith(form, from)) found.add(secret);
      }
    }
    return found;
  };
}

/** The secret and its hashes in every encoding. `longHashes` names the hashes that are also found inside longer words. */
function formsOf(secret: string, longHashes: string[]): string[] {
  const hash = (name: string) => createHash(name).update(secret).digest();
  const long = [Buffer.from(secret), ...longHashes.map(hash)];
  const short = ["sha1", "md5"].map(hash);
  const hex = [...long, ...short].map((bytes) => bytes.toString("hex"));
  const base64 = [...long.flatMap(toBase64Anywhere), ...short.map((bytes) => trim(bytes.toString("base64")))];
  const forms = [
    ...hex,
    ...hex.map((form) => form.toUpperCase()),
    ...base64,
    ...base64.map((form) => form.replaceAll("+", "-").replaceAll("/", "_")),
  ];
  return [...new Set([trim(secret), ...forms])];
}

/**
 * The base64 of bytes inside a longer text. It depends on the position of the first byte, so there are three forms.
 * The characters at both ends, which also depend on the neighbouring bytes, are left out.
 */
function toBase64Anywhere(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

const trim = (base64: string) => base64.replace(/=+$/, "");
