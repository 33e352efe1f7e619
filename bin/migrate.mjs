import { load } from "./run.mjs";

await load("migrate");
