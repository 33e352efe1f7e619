import { inspect } from "node:util";

const MASK = "[secret]";

/**
 * A secret text that cannot be logged, serialised or interpolated by accident: all of these give `[secret]`. Only
 * `reveal` returns the text, and a lint rule lists the files that may call it.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }

  [Symbol.toPrimitive](): string {
    return MASK;
  }
}
