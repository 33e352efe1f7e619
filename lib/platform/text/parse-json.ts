/** Undefined for what is no JSON. `JSON.parse` alone throws an error that quotes the text, which may hold secrets. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
