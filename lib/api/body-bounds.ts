/** The most bytes of a body. */
const BODY_MAX_BYTES = 64 * 1024;
/** A text in which access keys are looked for may be a whole log. */
const TEXT_BODY_MAX_BYTES = 1024 * 1024;

const TEXT_PATH = "/api/v1/support/bulk-revocations";

/** The most bytes of a body that the API takes at a path. The web server has the same bound. */
export const bodyMaxOf = (path: string): number => (path === TEXT_PATH ? TEXT_BODY_MAX_BYTES : BODY_MAX_BYTES);
