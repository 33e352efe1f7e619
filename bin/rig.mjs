import { load } from "./run.mjs";

await load("rig/main");
