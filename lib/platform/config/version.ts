import manifest from "@/package.json";

/** The version of Latchkey. */
export const VERSION: string = manifest.version;
