import { z } from "zod";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";
import { PROJECT_REFUSALS, SLUG_MAX, SLUG_MIN } from "@/lib/projects/rules";
import { nameSchema } from "@/lib/users/schema";

/**
 * What no new project may be called. `new` and `all` could be pages or choices beside the projects of a list; the others
 * are the portal's own places, so an address or a command with such a slug would mislead.
 */
export const RESERVED_SLUGS: readonly string[] = [
  ...["new", "all", "none"],
  ...["account", "admin", "api", "identity", "latchkey", "login", "projects", "support"],
];

/** The slug of a new project. Each thing that does not fit has its sentence. */
export const newSlugSchema = z
  .string()
  .trim()
  .superRefine((slug, context) => {
    const message = describeUnfitSlug(slug);
    if (message) context.addIssue({ code: "custom", message });
  });

function describeUnfitSlug(slug: string): string | undefined {
  if (/[/\\]|^\.+$/.test(slug)) return "A slug is one word and not a path: use lower case letters, digits and hyphens";
  if (slug.length < SLUG_MIN) return `Use at least ${SLUG_MIN} characters`;
  if (slug.length > SLUG_MAX) return `Use at most ${SLUG_MAX} characters`;
  if (!slugSchema.safeParse(slug).success) return "Use lower case letters, digits and single hyphens between them";
  if (RESERVED_SLUGS.includes(slug)) return `The slug ${slug} is reserved for the portal: choose another one`;
  return undefined;
}

/** The names of the regions that a project may use; null for all, also those that come later. */
export const regionsSchema = z.array(slugSchema).max(1_000).nullable();

export const addProjectInputSchema = z.strictObject({ name: nameSchema, slug: newSlugSchema });
export const renameProjectInputSchema = z.strictObject({ project: slugSchema, name: nameSchema });
export const setProjectRegionsInputSchema = z.strictObject({
  project: slugSchema,
  regions: regionsSchema,
  /** What the person saw. The change is refused when it is something else by now. */
  former: regionsSchema.optional(),
});
export const switchProjectInputSchema = z.strictObject({ project: slugSchema });

/** The filter of the list of projects. */
export const projectSearchSchema = plainText.max(200, "Use at most 200 characters");

/** What every change of a project answers. `already-done`: everything was like this before. */
export const projectOutputSchema = z.union([
  z.strictObject({ ok: z.literal(true), outcome: z.enum(["done", "already-done"]), message: z.string() }),
  z.strictObject({ ok: z.literal(false), reason: z.enum(PROJECT_REFUSALS), message: z.string() }),
]);
export type ProjectOutput = z.infer<typeof projectOutputSchema>;

/** What is asked for of a project that is there. */
export type ProjectWish =
  | { kind: "rename"; name: string }
  | { kind: "switch"; disabled: boolean }
  | { kind: "set-regions"; regions: string[] | null; former?: string[] | null | undefined };

/** A region, as a project sees it. */
export interface ProjectRegionRow {
  name: string;
  /** Whether it is switched off for everybody. */
  switchedOff: boolean;
  /** Whether the project may use it. */
  allowed: boolean;
  /** How many keys the project has there whose end is not decided. */
  liveKeys: number;
}

/** A project, for administrators. Times are ISO 8601. */
export interface ProjectDetail {
  slug: string;
  name: string;
  createdAt: string;
  disabledAt: string | null;
  members: number;
  /** How many of them are admin of the project. */
  admins: number;
  /** Whether it may use only those of `regions` that say so. */
  restricted: boolean;
  /** All regions, in the order of their names. */
  regions: ProjectRegionRow[];
}
