import { fileURLToPath } from "node:url";
import type { NextConfig } from "next";

const root = fileURLToPath(new URL(".", import.meta.url));

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  env: { PORTAL_BUILD: process.env.PORTAL_BUILD ?? "development" },
  // Browsers ask for the icon by this name before they have read a page.
  redirects: () => [{ source: "/favicon.ico", destination: "/icon.svg", permanent: true }],
  // `npm test` checks the types; a build for use has no test packages installed to check against.
  typescript: { ignoreBuildErrors: true },
  // Native or worker-starting packages must stay outside the bundle.
  serverExternalPackages: [
    "@node-rs/argon2",
    "@prisma/adapter-pg",
    "@prisma/client",
    "pg",
    "pg-boss",
    "pino",
    "rate-limiter-flexible",
  ],
  // A lock file in a folder above would otherwise be taken for the root.
  turbopack: { root },
  outputFileTracingRoot: root,
};

export default config;
