import { test } from "vitest";

/**
 * A test of a trait that not every storage system has. Without the trait there is no test: a skipped one would fail CI.
 */
export function testWhere(applies: boolean, name: string, body: () => Promise<void>): void {
  if (applies) test(name, body);
}
