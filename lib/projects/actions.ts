"use server";

import { actionClient, inInstallation } from "@/lib/gate/action";
import { CHANGES } from "@/lib/gate/rate-limit";
import { addProject, changeProject } from "@/lib/projects/mutations";
import {
  addProjectInputSchema,
  projectOutputSchema,
  renameProjectInputSchema,
  setProjectRegionsInputSchema,
  switchProjectInputSchema,
} from "@/lib/projects/schema";

/** Makes a project. */
export const createNewProject = actionClient
  .metadata({ name: "Add project", permission: "installation:manage", event: "project.created", limit: CHANGES })
  .inputSchema(addProjectInputSchema)
  .outputSchema(projectOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput, ctx: { actor } }) => addProject(actor, parsedInput));

/** Gives a project another name. */
export const renameExistingProject = actionClient
  .metadata({ name: "Rename project", permission: "installation:manage", event: "project.changed", limit: CHANGES })
  .inputSchema(renameProjectInputSchema)
  .outputSchema(projectOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { project, name }, ctx: { actor } }) =>
    changeProject(actor, project, { kind: "rename", name }),
  );

/** Says which regions a project may use. */
export const setProjectRegions = actionClient
  .metadata({
    name: "Set regions of a project",
    permission: "installation:manage",
    event: "project.regions-set",
    limit: CHANGES,
  })
  .inputSchema(setProjectRegionsInputSchema)
  .outputSchema(projectOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { project, regions, former }, ctx: { actor } }) =>
    changeProject(actor, project, { kind: "set-regions", regions, former }),
  );

/** Hides a project from its members. Its keys go on working. */
export const disableProject = actionClient
  .metadata({ name: "Disable project", permission: "installation:manage", event: "project.disabled", limit: CHANGES })
  .inputSchema(switchProjectInputSchema)
  .outputSchema(projectOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { project }, ctx: { actor } }) =>
    changeProject(actor, project, { kind: "switch", disabled: true }),
  );

/** Shows a project to its members again. */
export const enableProject = actionClient
  .metadata({ name: "Enable project", permission: "installation:manage", event: "project.enabled", limit: CHANGES })
  .inputSchema(switchProjectInputSchema)
  .outputSchema(projectOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { project }, ctx: { actor } }) =>
    changeProject(actor, project, { kind: "switch", disabled: false }),
  );
