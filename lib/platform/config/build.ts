/**
 * Which build of the portal this is. Two builds from the same sources have the same name. It is no setting: `next build`
 * writes the name in its place.
 */
export const BUILD = process.env.PORTAL_BUILD ?? "development";
