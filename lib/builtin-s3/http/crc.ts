/** A running checksum of the CRC family; `digest` is big-endian, as S3 encodes it. */
export interface RunningCrc {
  update(data: Buffer): void;
  digest(): Buffer;
}

const CRC32C_POLYNOMIAL = 0x82f63b78;
// The reflected polynomial of CRC-64/NVME, 0x9a6c9329ac4bc9b5, in two halves: BigInt is far too slow for 64 bits.
const CRC64_HIGH = 0x9a6c9329;
const CRC64_LOW = 0xac4bc9b5;

const table32c = new Int32Array(256);
const table64High = new Int32Array(256);
const table64Low = new Int32Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  let crc = byte;
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = crc & 1 ? (crc >>> 1) ^ CRC32C_POLYNOMIAL : crc >>> 1;
    const odd = low & 1;
    low = ((low >>> 1) | (high << 31)) ^ (odd ? CRC64_LOW : 0);
    high = (high >>> 1) ^ (odd ? CRC64_HIGH : 0);
  }
  table32c[byte] = crc;
  table64High[byte] = high;
  table64Low[byte] = low;
}

export class Crc32c implements RunningCrc {
  #crc = -1;

  update(data: Buffer): void {
    let crc = this.#crc;
    for (let index = 0; index < data.length; index += 1) {
      crc = (table32c[(crc ^ (data[index] as number)) & 0xff] as number) ^ (crc >>> 8);
    }
    this.#crc = crc;
  }

  digest(): Buffer {
    const out = Buffer.alloc(4);
    out.writeInt32BE(~this.#crc);
    return out;
  }
}

export class Crc64Nvme implements RunningCrc {
  #high = -1;
  #low = -1;

  update(data: Buffer): void {
    let high = this.#high;
    let low = this.#low;
    for (let index = 0; index < data.length; index += 1) {
      const at = (low ^ (data[index] as number)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ (table64Low[at] as number);
      high = (high >>> 8) ^ (table64High[at] as number);
    }
    this.#high = high;
    this.#low = low;
  }

  digest(): Buffer {
    const out = Buffer.alloc(8);
    out.writeInt32BE(~this.#high, 0);
    out.writeInt32BE(~this.#low, 4);
    return out;
  }
}
