import { expect, test } from "vitest";
import { describePath } from "@/lib/platform/net/described-path";

test.each([
  ["/api/v1/projects/demo/keys/SECRET", "/api/v1/projects/demo/keys/..."],
  [
    "/identity/regions/north/v3/users/1/credentials/OS-EC2/SECRET",
    "/identity/regions/north/v3/users/1/credentials/OS-EC2/...",
  ],
  ["/identity/v3/auth/tokens", "/identity/v3/auth/tokens"],
  [`/${"x".repeat(300)}`, `/${"x".repeat(199)}`],
])("the log gets of %s what is no secret, and its beginning", (path, described) => {
  expect(describePath(path)).toBe(described);
});
