/**
 * A random UUID (version 4) for one change that a person asks for. On plain http browsers have `crypto.randomUUID` only
 * on loopback, so elsewhere the UUID is made from random bytes.
 */
export function createRequestId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  return formatUuid(crypto.getRandomValues(new Uint8Array(16)));
}

/** 16 random bytes as a version 4 UUID: six bits are fixed by RFC 9562. */
export function formatUuid(random: Uint8Array): string {
  const bytes = Array.from(random);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
