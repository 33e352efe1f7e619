import { install } from "./install.mjs";
import { load } from "./run.mjs";

// `npm run screenshots -- [folder] [--only=dashboard,reveal] [--docs]`: see e2e/screenshots/screenshots-main.ts.
install({ dev: true });
await load("screenshots/main");
