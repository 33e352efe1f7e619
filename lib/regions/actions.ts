"use server";

import { z } from "zod";
import { actionClient, inInstallation } from "@/lib/gate/action";
import { CHANGES } from "@/lib/gate/rate-limit";
import { rotateCredentials } from "@/lib/regions/administration/rotate-credentials";
import { checkSaved, checkWish, saveWish, switchRegion } from "@/lib/regions/administration/save-region";
import { streamCheck } from "@/lib/regions/administration/stream-check";
import {
  type CheckLine,
  checkOutputSchema,
  regionNameSchema,
  regionWishSchema,
  switchOutputSchema,
  switchRegionSchema,
} from "@/lib/regions/schema";

const linesSchema = z.custom<AsyncIterable<CheckLine>>();
const permission = "installation:manage";

/** Checks a region that is not saved. Its findings come one by one. */
export const testRegion = actionClient
  .metadata({ name: "Test connection", permission, event: "action.refused", limit: CHANGES })
  .inputSchema(regionWishSchema)
  .outputSchema(linesSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput, ctx: { actor } }) =>
    streamCheck((onFinding) => checkWish(actor, parsedInput, onFinding)),
  );

/** Checks a saved region now. Its findings come one by one. */
export const checkRegionNow = actionClient
  .metadata({ name: "Check region", permission, event: "action.refused", limit: CHANGES })
  .inputSchema(regionNameSchema)
  .outputSchema(linesSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { name }, ctx: { actor } }) =>
    streamCheck((onFinding) => checkSaved(actor, name, onFinding)),
  );

/** Checks a new or changed region, and saves it. */
export const saveRegion = actionClient
  .metadata({ name: "Save region", permission, event: "region.changed", limit: CHANGES })
  .inputSchema(regionWishSchema)
  .outputSchema(checkOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput, ctx: { actor } }) => saveWish(actor, parsedInput));

/** Switches a region off for new keys, or on again. */
export const setRegionSwitch = actionClient
  .metadata({ name: "Switch region", permission, event: "region.disabled", limit: CHANGES })
  .inputSchema(switchRegionSchema)
  .outputSchema(switchOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { name, on }, ctx: { actor } }) => switchRegion(actor, name, on));

/** Replaces the portal's own credentials at a region's storage system. */
export const rotateRegionCredentials = actionClient
  .metadata({ name: "Rotate credentials", permission, event: "region.rotated", limit: CHANGES })
  .inputSchema(regionNameSchema)
  .outputSchema(checkOutputSchema)
  .useValidated(inInstallation())
  .action(async ({ parsedInput: { name }, ctx: { actor } }) => rotateCredentials(actor, name));
