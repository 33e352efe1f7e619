/** The path of the API. Everything below it is answered by the API, in the form of the API. */
export const API_PATH = "/api/v1";

/** The path of the OpenStack endpoint, which is answered in the form of Keystone. */
export const IDENTITY_PATH = "/identity";

/** The page that describes the API. A problem's type is an anchor on it. */
export const DOCS_PATH = "/api/docs";

/** Whether a request with this URL is for the API. */
export function isApiUrl(url: string): boolean {
  return isBelow(url, API_PATH);
}

/** Whether a request with this URL is for the OpenStack endpoint. */
export function isIdentityUrl(url: string): boolean {
  return isBelow(url, IDENTITY_PATH);
}

/** Whether a request with this URL is for the page that describes the API. */
export function isDocsUrl(url: string): boolean {
  return url.split("?", 1)[0] === DOCS_PATH;
}

function isBelow(url: string, top: string): boolean {
  const path = url.split("?", 1)[0] ?? "";
  return path === top || path.startsWith(`${top}/`);
}
