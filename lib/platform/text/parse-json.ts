/** The value of a JSON text, or undefined. The error of `JSON.parse` quotes the text, which may contain secrets. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
