import { install } from "./install.mjs";
import { load } from "./run.mjs";

// The chaos tests are bundled from the same sources as the programs under test.
install({ dev: true });
await load("chaos/main");
