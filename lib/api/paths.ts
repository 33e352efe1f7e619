/** The path of the API. Everything below it is answered by the API, in the form of the API. */
export const API_PATH = "/api/v1";

/** The page that describes the API. A problem's type is an anchor on it. */
export const DOCS_PATH = "/api/docs";

/** Whether a request with this URL is for the API. */
export function isApiUrl(url: string): boolean {
  const path = url.split("?", 1)[0] ?? "";
  return path === API_PATH || path.startsWith(`${API_PATH}/`);
}

/** Whether a request with this URL is for the page that describes the API. */
export function isDocsUrl(url: string): boolean {
  return url.split("?", 1)[0] === DOCS_PATH;
}
