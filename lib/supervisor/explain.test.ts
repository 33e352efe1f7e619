import { expect, test, vi } from "vitest";
import { explain } from "@/lib/supervisor/explain";

const error = new Error("no folder", { cause: new Error("EACCES") });

test("the text has the message and the cause's message, each once, and no stack", () => {
  expect(explain(error)).toBe("no folder\nEACCES");
  expect(explain(new Error("no folder (EACCES)", { cause: new Error("EACCES") }))).toBe("no folder (EACCES)");
  expect(explain(new Error("no folder"))).toBe("no folder");
  expect(explain("no folder")).toBe("no folder");
});

test("with LOG_LEVEL debug the text has the stack", () => {
  vi.stubEnv("LOG_LEVEL", "debug");
  expect(explain(error)).toContain("explain.test.ts");
  vi.unstubAllEnvs();
});
