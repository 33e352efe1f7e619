import { defineConfig } from "@playwright/test";
import { browserPath } from "./fixtures/browser-path";

/**
 * Specs that mostly wait: for a lease, for a deadline, for a storage system that starts. Each has a portal of its own. Half
 * of the workers run them from the beginning, so that the other specs use the processors meanwhile.
 */
const WAITING = [
  "**/chaos/**/*.spec.ts",
  "**/{ceph,openstack,regions-with-rig,with-rig}.spec.ts",
  "**/{database-away,faults,lost-storage,regions-file,storage-crashes,two-webs,web-crashes}.spec.ts",
];

export default defineConfig({
  testDir: ".",
  projects: [
    { name: "waiting", testMatch: WAITING, workers: 2 },
    { name: "journeys", testMatch: "**/*.spec.ts", testIgnore: WAITING },
  ],
  globalSetup: "./fixtures/global-setup.ts",
  outputDir: "../test-results",
  reporter: [["list"]],
  // Each worker has its own portal. A file's tests run in order in one worker, and may depend on what came before.
  workers: 4,
  // In CI, `npm test` lists the tests that needed the retry. Each of them is a defect to fix.
  retries: process.env.CI ? 1 : 0,
  // Limits are three times what a loaded machine needs. Nothing waits for them when all is well.
  timeout: 1_200_000,
  expect: { timeout: 60_000 },
  use: {
    browserName: "chromium",
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    trace: "off",
    screenshot: "only-on-failure",
    permissions: ["clipboard-read", "clipboard-write"],
    // Animations cost processor time and show nothing to a test.
    contextOptions: { reducedMotion: "reduce" },
    timezoneId: "Asia/Kathmandu",
    launchOptions: {
      ...(browserPath ? { executablePath: browserPath } : {}),
      args: [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--no-first-run",
      ],
    },
  },
});
