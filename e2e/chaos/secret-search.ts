import { createHash } from "node:crypto";

/** As long as a pair's secret. Longer forms are looked for by so many of their first characters. */
const WINDOW = 40;
/** What could be a secret, or a form of one; the shortest is a base64 of 16 bytes. */
const RUNS = /[A-Za-z0-9+/_-]{22,}/g;

/** Says which secrets stand in a text. */
export type Search = (text: string) => Set<string>;

/**
 * Finds secrets as they are and their forms, also inside of longer words: hex, base64 of the secret or of anything
 * that holds it, and the SHA-256 in both. Shorter fingerprints (SHA-1, MD5) are found as words of their own. Of tokens
 * the SHA-256 may stand anywhere: it is what the portal keeps of them.
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

/** The secret and its fingerprints, encoded in every way; those named are looked for inside of longer words, too. */
function formsOf(secret: string, fingerprints: string[]): string[] {
  const hash = (name: string) => createHash(name).update(secret).digest();
  const long = [Buffer.from(secret), ...fingerprints.map(hash)];
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

/** The base64 of bytes wherever they begin in what is encoded, without the characters at both ends that the rest decides. */
function toBase64Anywhere(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
}

const trim = (base64: string) => base64.replace(/=+$/, "");
