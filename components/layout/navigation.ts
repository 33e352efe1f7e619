/** What the navigation may show to a person; the server decides, see `shell.tsx`. */
export interface Navigation {
  projects: { slug: string; name: string }[];
  /** The project in view; undefined outside projects. */
  project: { slug: string; name: string; keys: boolean } | undefined;
  support: boolean;
  administration: boolean;
}
