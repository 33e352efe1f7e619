/** What the navigation shows to a person. The server decides it in the layouts of `app`. */
export interface Navigation {
  /** A few of the person's projects. */
  projects: { slug: string; name: string }[];
  /** Whether the person has others. */
  moreProjects: boolean;
  /** The project in view; undefined outside projects. */
  project: { slug: string; name: string; keys: boolean; members: boolean; activity: boolean } | undefined;
  support: boolean;
  administration: boolean;
}
