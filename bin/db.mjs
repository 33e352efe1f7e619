import { load } from "./run.mjs";

await load("db");
