/** What an installation needs before anybody can make a key. */
export interface FirstSteps {
  hasRegion: boolean;
  /** The newest project; null when there is none. */
  project: { slug: string; name: string } | null;
  /** Whether somebody is in a project with a role that makes keys. */
  hasPeople: boolean;
}
