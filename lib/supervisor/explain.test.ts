import { expect, test, vi } from "vitest";
import { explain } from "@/lib/supervisor/explain";

const error = new Error("no folder", { cause: new Error("EACCES") });

test("gives the message and the cause's, once, without a stack", () => {
  expect(explain(error)).toBe("no folder\nEACCES");
  expect(explain(new Error("no folder (EACCES)", { cause: new Error("EACCES") }))).toBe("no folder (EACCES)");
  expect(explain(new Error("no folder"))).toBe("no folder");
  expect(explain("no folder")).toBe("no folder");
});

test("gives the stack to whoever asks for more", () => {
  vi.stubEnv("LOG_LEVEL", "debug");
  expect(explain(error)).toContain("explain.test.ts");
  vi.unstubAllEnvs();
});
