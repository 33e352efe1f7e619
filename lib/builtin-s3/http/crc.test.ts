import { randomBytes, randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ChecksumAlgorithm } from "../store/records";
import { startChecksum } from "./checksum";
import { combineCrc } from "./crc-combine";

function digestOf(algorithm: ChecksumAlgorithm, ...pieces: Buffer[]): Buffer {
  const running = startChecksum(algorithm);
  for (const piece of pieces) running.update(piece);
  return running.digest();
}

// The check values of the catalogue of CRC algorithms: the CRC of these nine bytes.
const NINE = Buffer.from("123456789");

describe.each([
  ["CRC32", "cbf43926"],
  ["CRC32C", "e3069283"],
  ["CRC64NVME", "ae8b14860a799888"],
] as const)("%s", (algorithm, check) => {
  it("gives the published check value, however the bytes come", () => {
    expect(digestOf(algorithm, NINE).toString("hex")).toBe(check);
    expect(digestOf(algorithm, ...[...NINE].map((byte) => Buffer.from([byte]))).toString("hex")).toBe(check);
    expect(digestOf(algorithm).toString("hex")).toBe("0".repeat(check.length));
  });

  it("of a whole follows from those of its parts", () => {
    for (const [first, second] of [
      [0, 0],
      [0, 5],
      [5, 0],
      [1, 1],
      [4096, 1],
      [randomInt(100_000), randomInt(100_000)],
      [3, 5 * 1024 * 1024 + 1],
    ]) {
      const [a, b] = [randomBytes(first ?? 0), randomBytes(second ?? 0)];
      expect(
        combineCrc(algorithm, digestOf(algorithm, a), digestOf(algorithm, b), b.length),
        `${first} + ${second}`,
      ).toEqual(digestOf(algorithm, a, b));
    }
  });
});

it("gives the CRC32C of AWS's documented upload", () => {
  expect(digestOf("CRC32C", Buffer.alloc(66_560, "a")).toString("base64")).toBe("sOO8/Q==");
});
