import { createEnv } from "@t3-oss/env-nextjs";
import { describeProblems, SETTINGS } from "@/lib/platform/config/settings";

const readEnvironment = () =>
  createEnv({
    server: SETTINGS,
    experimental__runtimeEnv: {},
    emptyStringAsUndefined: true,
    onValidationError: (issues) => {
      throw new Error(describeProblems(issues));
    },
  });

type Settings = ReturnType<typeof readEnvironment>;

/** The settings during `next build`, which loads every module but serves no request and needs no secrets. */
const BUILD_ONLY: Settings = {
  HOST: "127.0.0.1",
  PORT: 3000,
  S3_PORT: 9000,
  S3_ADMIN_PORT: 9002,
  LATCHKEY_DATA_DIR: ".data",
  DATABASE_URL: "postgresql://build.invalid/latchkey",
  LATCHKEY_URL: "http://build.invalid",
  LATCHKEY_ALLOW_HTTP: "0",
  LATCHKEY_S3_URL_NORTH: "http://build.invalid",
  LATCHKEY_S3_URL_SOUTH: "http://build.invalid",
  LATCHKEY_TRUSTED_PROXIES: "",
  LATCHKEY_ALLOWED_ADDRESSES: "",
  LATCHKEY_REGIONS: "",
  LATCHKEY_MASTER_KEY: "",
  LATCHKEY_MASTER_KEY_FORMER: "",
  LATCHKEY_SESSION_SECRET: "",
  LATCHKEY_S3_ADMIN_TOKEN: "",
  LATCHKEY_HEALTH_TOKEN: "",
  LATCHKEY_CHECK_SECONDS: 50,
  LATCHKEY_KEEP_SESSIONS_DAYS: 30,
  LATCHKEY_KEEP_REFUSALS_DAYS: 30,
  LATCHKEY_BRAND: "Latchkey",
  LATCHKEY_NAMED_KEYS: 10,
  LATCHKEY_WEB_HEAP_MB: 256,
  LATCHKEY_WORKER_HEAP_MB: 192,
  LOG_LEVEL: "info",
};

/** The settings of this process, checked when it starts. config/settings.ts describes each one. */
export const env: Settings = process.env.NEXT_PHASE === "phase-production-build" ? BUILD_ONLY : readEnvironment();
