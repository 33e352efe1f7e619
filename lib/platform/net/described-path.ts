/** A path may be as long as all headers together. The log gets its beginning. */
const PATH_LENGTH_MAX = 200;

/** What stands where a path has an access key id. Somebody may put a secret key there. */
const AFTER_KEYS = /^(\/api\/v1\/.*?\/keys\/|\/identity\/.*?\/OS-EC2\/).+$/s;

/** The path of a request as the log may have it. */
export function describePath(path: string): string {
  return path.replace(AFTER_KEYS, "$1...").slice(0, PATH_LENGTH_MAX);
}
