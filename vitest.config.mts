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
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A loaded machine takes its time. A condition that never comes still fails the test.
    expect: { poll: { timeout: 30_000 } },
  },
});
