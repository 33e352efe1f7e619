/** What the navigation shows to a person. The server decides it in the layouts of `app`. */
export interface Navigation {
  projects: { slug: string; name: string }[];
  /** The project in view; undefined outside projects. */
  project: { slug: string; name: string; keys: boolean; members: boolean; activity: boolean } | undefined;
  support: boolean;
  administration: boolean;
}
