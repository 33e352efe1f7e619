import { load } from "./run.mjs";

const args = process.argv.slice(2);
const help = args.length === 0 || args[0] === "help" || args.includes("--help") || args.includes("-h");

// The command line reads its settings when it is loaded, so they must be set before.
const { withSettings } = await load("with-settings");
await withSettings(() => load("admin"), { help });
