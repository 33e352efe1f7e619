import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// A zone with an odd offset: code that forgets a time zone fails here and not at a user's.
process.env.TZ = "Asia/Kathmandu";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@\//, replacement: root },
      // `server-only` throws outside a bundler that knows the react-server condition.
      { find: "server-only", replacement: `${root}node_modules/server-only/empty.js` },
    ],
  },
  test: {
    globalSetup: ["testing/database/global-setup.ts", "testing/rig/global-setup.ts"],
    setupFiles: ["testing/database/setup.ts"],
    include: [
      "e2e/**/*.test.ts",
      "lib/**/*.test.ts",
      "components/**/*.test.ts",
      "prisma/**/*.test.ts",
      "testing/**/*.test.ts",
    ],
    // Most tests wait for a server, so four files at a time keep two processors busy.
    maxWorkers: Math.max(4, availableParallelism()),
    // Three times what a loaded machine needs. Nothing waits for these limits when all is well.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
