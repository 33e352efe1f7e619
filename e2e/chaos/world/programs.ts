import { runAdmin } from "../../fixtures/admin";
import { type ApiClient, connectWithToken } from "../../fixtures/api-client";
import type { SignedInPerson } from "../../fixtures/people";
import type { PortalFacts } from "../../fixtures/portal";
import { inParallel } from "../in-parallel";

/** A user who also has a program that changes keys with a token. */
export interface PersonWithProgram extends SignedInPerson {
  program: ApiClient;
  token: string;
}

/** Creates an API token for each user, as an operator does. */
export async function addPrograms(
  portal: PortalFacts,
  people: readonly SignedInPerson[],
): Promise<PersonWithProgram[]> {
  const tokens = new Map<string, string>();
  await inParallel(people, async ({ id, email }) => {
    tokens.set(id, (await runAdmin(portal, ["token", "create", email, "--name", "chaos"])).trim());
  });
  return people.map((person) => {
    const token = tokens.get(person.id) ?? "";
    return { ...person, token, program: connectWithToken(portal.url, token) };
  });
}
