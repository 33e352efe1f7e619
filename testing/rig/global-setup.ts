import type { TestProject } from "vitest/node";
import { prepareRigFolder } from "./own-rig";
import { stopRig } from "./rig";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the rig that the test files of this run share. */
    sharedRig: string;
  }
}

/** Chooses the folder of this run's shared rig. The first test file that needs the rig starts it; this stops it. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await prepareRigFolder();
  project.provide("sharedRig", folder);
  return () => stopRig(folder, { wipe: true });
}
