import type { Card } from "@/lib/access-keys/schema";

interface Place {
  project: string;
  region: string;
  /** Left out for the key of the card. */
  name?: string;
}

/** Which key a change is about, as the actions take it. */
export function placeOf(project: string, { region, name }: Card): Place {
  return { project, region: region.name, ...(name === null ? {} : { name }) };
}

/** A key in a sentence, at its beginning. */
export function nameKey({ region, name }: Card): string {
  return name === null ? `The key of ${region.name}` : `The key “${name}” of ${region.name}`;
}
