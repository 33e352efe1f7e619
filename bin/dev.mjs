/**
 * `npm run dev`: like `npm run up`, for work on Latchkey's code. It has another data folder and other ports, so that
 * both can run at the same time. Environment variables still override every setting.
 */
const DEFAULTS = { LATCHKEY_DATA_DIR: ".data-dev", PORT: "3100", S3_PORT: "9100" };

for (const [name, value] of Object.entries(DEFAULTS)) process.env[name] ||= value;
process.argv.splice(2, 0, "--dev");
await import("./up.mjs");
