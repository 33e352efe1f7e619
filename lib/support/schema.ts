import { z } from "zod";

/** What support searches by. */
export const SEARCH_KINDS = ["access-key", "email", "project"] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

export const SEARCH_MIN = 3;
export const SEARCH_MAX = 128;

/** A person that a search found. */
export const personSchema = z.strictObject({
  email: z.string(),
  name: z.string(),
  platformRole: z.string().nullable(),
  /** Whether the person cannot sign in at present. */
  disabled: z.boolean(),
  since: z.iso.datetime(),
});

/** A project that a person is in. */
const personProjectSchema = z.strictObject({
  project: z.string(),
  name: z.string(),
  role: z.string(),
  disabled: z.boolean(),
});

/** A project that a search found. */
export const foundProjectSchema = z.strictObject({ project: z.string(), name: z.string(), disabled: z.boolean() });

/** A person with the projects, newest first. */
export const personDetailSchema = personSchema.extend({
  projects: z.array(personProjectSchema),
  /** Whether the person is in more projects than these. */
  moreProjects: z.boolean(),
});

export type Person = z.infer<typeof personSchema>;
export type PersonDetail = z.infer<typeof personDetailSchema>;
export type FoundProject = z.infer<typeof foundProjectSchema>;
