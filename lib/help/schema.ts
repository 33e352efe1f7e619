/** A place of the portal that an answer of the help leads to. */
export const HELP_PLACES = [
  "dashboard",
  "credentials",
  "buckets",
  "keys",
  "members",
  "activity",
  "projects",
  "tokens",
  "support",
  "bulk-revoke",
  "administration",
  "api",
] as const;

export type HelpPlace = (typeof HELP_PLACES)[number];

/** The answers that other pages link to. */
export const LINKED_ANSWERS = [
  "first-bucket",
  "invalid-access-key-id",
  "no-downtime",
  "no-keys",
  "old-key-works",
  "states",
] as const;

export type LinkedAnswer = (typeof LINKED_ANSWERS)[number];

/** What the reader of the help may open. */
export interface HelpReader {
  /** The project that was used last; null without one. */
  project: { slug: string; name: string; keys: boolean; members: boolean; activity: boolean } | null;
  tokens: boolean;
  support: boolean;
  bulkRevoke: boolean;
  administration: boolean;
}

/** A link to a place of the portal. */
export interface PlaceLink {
  href: string;
  text: string;
}
