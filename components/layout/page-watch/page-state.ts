/** Who a page was made for, and by which build of the portal. */
export interface PageState {
  person: string;
  build: string;
}

/** Reads the answer of the route. Throws when it is something else. */
export async function parsePageState(body: unknown): Promise<PageState> {
  const { person, build } = body as Partial<PageState>;
  if (typeof person !== "string" || typeof build !== "string") throw new Error("the answer is not the state of a page");
  return { person, build };
}
