import { load } from "./run.mjs";

// The command line reads its settings when it is loaded, so they must be set before.
const { withSettings } = await load("with-settings");
await withSettings(() => load("admin"));
