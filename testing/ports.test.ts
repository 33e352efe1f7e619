import { expect, test } from "vitest";
import { findFreePorts, isFree } from "./ports";

test("nobody gets a port twice, and the ports are neighbours that are free", async () => {
  const firsts = await Promise.all(Array.from({ length: 20 }, () => findFreePorts(20)));
  const ports = firsts.flatMap((first) => Array.from({ length: 20 }, (_none, offset) => first + offset));
  expect(new Set(ports).size).toBe(400);
  expect(await Promise.all(ports.map(isFree))).not.toContain(false);
});
