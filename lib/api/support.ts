import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { KeyPage } from "@/lib/access-keys/loaders/search-keys";
import { admitAcrossProjects } from "@/lib/api/admit";
import { composeKey, foundKeySchema } from "@/lib/api/key-replies";
import type { ApiEnvironment } from "@/lib/api/replies";
import { cursorSchema, ERRORS, json, nextSchema } from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { type Actor, notFound } from "@/lib/gate/scope";
import { AppError } from "@/lib/platform/errors";
import { plainText } from "@/lib/platform/text/plain-text";
import { findKeys, findPeople, findPerson, findProject, findProjects } from "@/lib/support/loaders";
import { readSearch } from "@/lib/support/rules";
import { foundProjectSchema, personDetailSchema, personSchema, type SearchKind } from "@/lib/support/schema";

const SEARCH: ApiOperation = { name: "Search as support", permission: "keys:find" };

const textSchema = (description: string) => plainText.max(1_000).openapi({ description });
const PART = "at least 3 characters";

const keysQuerySchema = z
  .strictObject({
    cursor: cursorSchema,
    accessKey: textSchema(`A part of the access key id, ${PART}.`).optional(),
    email: textSchema(
      "The whole e-mail address of the person who made the keys, or for whom they were made.",
    ).optional(),
    project: textSchema("The project.").optional(),
  })
  .refine(
    ({ accessKey, email, project }) => [accessKey, email, project].filter((given) => given !== undefined).length === 1,
    "Give accessKey, email or project, and only one of them",
  );
const emailQuerySchema = z.strictObject({ email: textSchema("The whole e-mail address.") });
const peopleQuerySchema = z.strictObject({
  cursor: cursorSchema,
  email: textSchema(`A part of the e-mail address, ${PART}.`),
});
const projectsQuerySchema = z.strictObject({
  cursor: cursorSchema,
  project: textSchema(`A part of the project or of its name, ${PART}.`),
});

export const foundPersonSchema = personSchema.openapi("Person");
export const foundPersonDetailSchema = personDetailSchema.openapi("PersonDetail");
export const projectOfSearchSchema = foundProjectSchema.openapi("FoundProject");
const keysSchema = z.strictObject({ keys: z.array(foundKeySchema), next: nextSchema }).openapi("FoundKeys");
const peopleSchema = z.strictObject({ people: z.array(foundPersonSchema), next: nextSchema }).openapi("People");
const projectsSchema = z
  .strictObject({ projects: z.array(projectOfSearchSchema), next: nextSchema })
  .openapi("FoundProjects");

const DESCRIPTION = "For support and platform admins. The search is written to the audit log.";

/** The searches of support across projects. They only read. */
export function addSupportRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const keysRoute = createRoute({
    summary: "Find keys in all projects",
    description: DESCRIPTION,
    request: { query: keysQuerySchema },
    method: "get",
    path: "/support/keys",
    middleware: admitAcrossProjects(SEARCH),
    responses: { 200: json("A page of the keys, newest first.", keysSchema), ...ERRORS },
  });
  api.openapi(keysRoute, async (context) => {
    const { rows, next } = await readKeys(context.var.actor, context.req.valid("query"));
    const keys = rows.map(({ project: { slug, name }, ...row }) => ({
      ...composeKey(row),
      project: { project: slug, name },
    }));
    return context.json({ keys, next }, 200);
  });
  addPeopleRoutes(api);
  const projectsRoute = createRoute({
    summary: "Find projects",
    description: DESCRIPTION,
    request: { query: projectsQuerySchema },
    method: "get",
    path: "/support/projects",
    middleware: admitAcrossProjects(SEARCH),
    responses: { 200: json("A page of the projects, newest first.", projectsSchema), ...ERRORS },
  });
  api.openapi(projectsRoute, async (context) => {
    const { project, cursor } = context.req.valid("query");
    const { rows, next } = await findProjects(context.var.actor, { text: readText("project", project), cursor });
    return context.json({ projects: rows, next }, 200);
  });
}

function addPeopleRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const peopleRoute = createRoute({
    summary: "Find people",
    description: DESCRIPTION,
    request: { query: peopleQuerySchema },
    method: "get",
    path: "/support/people",
    middleware: admitAcrossProjects(SEARCH),
    responses: { 200: json("A page of the people, newest first.", peopleSchema), ...ERRORS },
  });
  api.openapi(peopleRoute, async (context) => {
    const { email, cursor } = context.req.valid("query");
    const { rows, next } = await findPeople(context.var.actor, { text: readText("email", email), cursor });
    return context.json({ people: rows, next }, 200);
  });
  const personRoute = createRoute({
    summary: "A person, with the projects",
    description: DESCRIPTION,
    request: { query: emailQuerySchema },
    method: "get",
    path: "/support/person",
    middleware: admitAcrossProjects(SEARCH),
    responses: { 200: json("The account, and the projects with the roles.", foundPersonDetailSchema), ...ERRORS },
  });
  api.openapi(personRoute, async (context) => {
    const text = readText("email", context.req.valid("query").email);
    const found = await findPerson(context.var.actor, { text });
    if (!found) throw notFound("person");
    return context.json(found.person, 200);
  });
}

async function readKeys(actor: Actor, query: z.infer<typeof keysQuerySchema>): Promise<KeyPage> {
  const { accessKey, email, project, cursor } = query;
  if (accessKey !== undefined) return findKeys(actor, { text: readText("access-key", accessKey), cursor });
  const found =
    email === undefined
      ? await findProject(actor, { text: readText("project", project ?? ""), cursor })
      : await findPerson(actor, { text: readText("email", email), cursor });
  if (!found) throw notFound(email === undefined ? "project" : "person");
  return found.keys;
}

/** The text as it is searched for. Throws BAD_INPUT with the sentence that says why it is not. */
function readText(by: SearchKind, typed: string): string {
  const search = readSearch(by, typed);
  if (!search.ok) throw new AppError("BAD_INPUT", "a text that is not searched for", { userMessage: search.message });
  if (search.by !== by) {
    const userMessage = "This is an e-mail address. Search by email for it.";
    throw new AppError("BAD_INPUT", "an e-mail address in place of an access key", { userMessage });
  }
  return search.text;
}
