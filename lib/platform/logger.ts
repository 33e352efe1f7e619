import pino from "pino";

/**
 * The process's structured log on standard output. Fields whose names usually hold secrets are censored as a
 * second line of defence; the first is that secrets travel as `Secret`.
 */
export const logger = pino({
  level: process.env.LOG_LEVEL ?? "info",
  base: { process: process.env.LATCHKEY_PROCESS ?? "latchkey" },
  redact: {
    paths: [
      "secret",
      "secretAccessKey",
      "password",
      "authorization",
      "cookie",
      "token",
      "*.secret",
      "*.secretAccessKey",
      "*.password",
      "*.authorization",
      "*.cookie",
      "*.token",
    ],
    censor: "[secret]",
  },
});

export type Logger = typeof logger;
