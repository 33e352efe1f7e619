/** Compares keys by their UTF-8 bytes. JavaScript compares UTF-16 units, which differs above U+D7FF. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const x = a.charCodeAt(index);
    const y = b.charCodeAt(index);
    if (x === y) continue;
    const bothHigh = x >= 0xd800 && y >= 0xd800;
    return bothHigh ? rank(x) - rank(y) : x - y;
  }
  return a.length - b.length;
}

/** Surrogates encode U+10000 and above, so they are ordered after U+E000 to U+FFFF. */
function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x2000 : unit + 0x2000;
}

/** A map from keys to values that can be read in key order from any point. */
export class KeyIndex<V> {
  readonly #values = new Map<string, V>();
  #sorted: string[] = [];
  // Keys are only appended until the first read, so that a replay sorts once and not for each key.
  #loading = true;
  #unsorted = false;

  get size(): number {
    return this.#values.size;
  }

  get(key: string): V | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: V): void {
    if (!this.#values.has(key)) this.#insert(key);
    this.#values.set(key, value);
  }

  delete(key: string): void {
    if (!this.#values.delete(key)) return;
    this.#sort();
    this.#sorted.splice(this.lowerBound(key), 1);
  }

  /** The position of the first key that is not before `key`. */
  lowerBound(key: string): number {
    this.#sort();
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareKeys(this.#sorted[middle] ?? "", key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The position after the last key that begins with `prefix`. */
  afterPrefix(prefix: string, from: number): number {
    this.#sort();
    let low = from;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]?.startsWith(prefix)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  keyAt(position: number): string | undefined {
    this.#sort();
    return this.#sorted[position];
  }

  *entries(): Iterable<[string, V]> {
    yield* this.#values;
  }

  #insert(key: string): void {
    const last = this.#sorted.at(-1);
    if (last === undefined || this.#unsorted || compareKeys(last, key) < 0) {
      this.#sorted.push(key);
      return;
    }
    if (this.#loading) {
      this.#sorted.push(key);
      this.#unsorted = true;
      return;
    }
    this.#sorted.splice(this.lowerBound(key), 0, key);
  }

  #sort(): void {
    this.#loading = false;
    if (!this.#unsorted) return;
    this.#sorted.sort(compareKeys);
    this.#unsorted = false;
  }
}
