import { inspect } from "node:util";

const MASK = "[secret]";

/**
 * A value that cannot be logged, serialised or interpolated by accident: every way of turning it into
 * text gives `[secret]`. `reveal` is the single way out; a lint rule names the files that may call it.
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
