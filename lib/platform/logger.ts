import pino from "pino";

/**
 * The structured log of this process, on standard output. Secrets travel as `Secret`, which logs as [secret]. As a second
 * protection, fields with the usual names of secrets are censored.
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
