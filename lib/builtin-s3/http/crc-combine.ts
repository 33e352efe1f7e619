import type { ChecksumAlgorithm } from "../store/records";

// Reflected polynomials, and the width of each.
const POLYNOMIALS: Partial<Record<ChecksumAlgorithm, readonly [width: number, polynomial: bigint]>> = {
  CRC32: [32, 0xedb88320n],
  CRC32C: [32, 0x82f63b78n],
  CRC64NVME: [64, 0x9a6c9329ac4bc9b5n],
};

/** Whether the checksum of a whole can be computed from the checksums of its parts. */
export function canCombine(algorithm: ChecksumAlgorithm): boolean {
  return POLYNOMIALS[algorithm] !== undefined;
}

/**
 * The checksum of A followed by B, from the checksums of both and the length of B. Advances A's register by as many
 * zero bytes as B is long: the step of one zero bit is a matrix over GF(2), which is squared repeatedly (as zlib's
 * crc32_combine does). Checksums are big-endian, as S3 encodes them.
 */
export function combineCrc(algorithm: ChecksumAlgorithm, first: Buffer, second: Buffer, secondLength: number): Buffer {
  const form = POLYNOMIALS[algorithm];
  if (!form) throw new TypeError(`${algorithm} cannot be combined`);
  const [width, polynomial] = form;
  let operator = [polynomial, ...Array.from({ length: width - 1 }, (_, bit) => 1n << BigInt(bit))];
  for (let doubling = 0; doubling < 3; doubling += 1) operator = square(operator);
  let register = BigInt(`0x${first.toString("hex")}`);
  for (let rest = secondLength; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) register = times(operator, register);
    operator = square(operator);
  }
  register ^= BigInt(`0x${second.toString("hex")}`);
  return Buffer.from(register.toString(16).padStart(width / 4, "0"), "hex");
}

function times(matrix: readonly bigint[], vector: bigint): bigint {
  let sum = 0n;
  for (let bit = 0, rest = vector; rest > 0n; bit += 1, rest >>= 1n) {
    if (rest & 1n) sum ^= matrix[bit] ?? 0n;
  }
  return sum;
}

function square(matrix: readonly bigint[]): bigint[] {
  return matrix.map((row) => times(matrix, row));
}
