import { z } from "zod";

/** Lower case letters, digits and single hyphens; 2 to 40 characters, as projects and regions are named. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:-?[a-z0-9])+$/, "Use lower case letters, digits and hyphens")
  .max(40);
