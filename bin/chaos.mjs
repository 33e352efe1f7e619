import { install } from "./install.mjs";
import { load } from "./run.mjs";

// Bundled with the programs that it tests, from the same sources.
install({ dev: true });
await load("chaos/main");
