/**
 * `npm run dev`: `npm run up` for whoever works on Latchkey itself. A data folder and ports of its own let both run
 * side by side. Every setting can still be given.
 */
const DEFAULTS = { LATCHKEY_DATA_DIR: ".data-dev", PORT: "3100", S3_PORT: "9100" };

for (const [name, value] of Object.entries(DEFAULTS)) process.env[name] ||= value;
process.argv.splice(2, 0, "--dev");
await import("./up.mjs");
