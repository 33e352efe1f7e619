import { z } from "zod";

/** The name of a project or region in addresses: 2 to 40 lower case letters, digits and single hyphens. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:-?[a-z0-9])+$/, "Use lower case letters, digits and hyphens")
  .max(40, "Use at most 40 characters");
