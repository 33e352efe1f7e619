import { expect, test, vi } from "vitest";

test("a web process starts although its database does not answer", async () => {
  vi.stubEnv("NEXT_RUNTIME", "nodejs");
  vi.stubEnv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none");
  vi.resetModules();
  const { register } = await import("@/instrumentation");
  await expect(register()).resolves.toBeUndefined();
});
