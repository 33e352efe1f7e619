import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { admitAcrossProjects } from "@/lib/api/admit";
import { type ApiContext, type ApiEnvironment, replyWithReason } from "@/lib/api/replies";
import { BODY_ERRORS, cursorSchema, ERRORS, json, limitedJson, nextSchema, requestBody } from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { PLATFORM_ROLES } from "@/lib/gate/permissions";
import { CHANGES } from "@/lib/gate/rate-limit";
import type { Actor } from "@/lib/gate/scope";
import { addUser, changeManagedUser, type LinkOutcome, resetPassword } from "@/lib/managed-users/mutations";
import {
  addUserInputSchema,
  editUserInputSchema,
  oneUserInputSchema,
  platformRoleSchema,
  type UserWish,
} from "@/lib/managed-users/schema";
import { plainText } from "@/lib/platform/text/plain-text";
import { listUsers } from "@/lib/users/loaders";

const change = (name: string): ApiOperation => ({ name, permission: "installation:manage", limit: CHANGES });
const LIST: ApiOperation = { name: "List users", permission: "installation:read" };
const ADD = change("Add user");
const EDIT = change("Edit user");
const RESET = change("Reset password");

const SEARCH_MAX = 200;
const PATH = "/admin/users";

/** The changes that need nothing but the user. */
const SWITCHES = [
  {
    path: "end-sessions",
    kind: "end-sessions",
    operation: change("End sessions"),
    summary: "End the sessions of a user",
  },
  { path: "disable", kind: "disable", operation: change("Disable user"), summary: "Disable a user" },
  { path: "enable", kind: "enable", operation: change("Enable user"), summary: "Enable a user again" },
] as const;

const addBodySchema = addUserInputSchema.extend({ platformRole: platformRoleSchema.default(null) });

export const managedUserSchema = z
  .strictObject({
    email: z.string(),
    name: z.string(),
    platformRole: z
      .string()
      .nullable()
      .openapi({ enum: [...PLATFORM_ROLES, null] }),
    creationDate: z.iso.datetime(),
    disabled: z.boolean().openapi({ description: "Whether an administrator has disabled the user." }),
    waitsForSetUp: z.boolean().openapi({ description: "Whether the user has no password until a link is used." }),
    projects: z.int().openapi({ description: "In how many projects the user is." }),
  })
  .openapi("User");
const usersSchema = z.strictObject({ users: z.array(managedUserSchema), next: nextSchema }).openapi("Users");
export const userChangedSchema = z
  .strictObject({ outcome: z.enum(["done", "already-done"]), message: z.string() })
  .openapi("UserChanged");
export const setUpLinkSchema = z
  .strictObject({
    email: z.string(),
    setUpLink: z.string().openapi({ description: "Shown in this reply only. Give it to the person." }),
    expirationDate: z.iso.datetime(),
  })
  .openapi("SetUpLink");

const CHANGED = { 200: limitedJson("Done, or everything was like this before.", userChangedSchema), ...BODY_ERRORS };

/** The routes with which platform admins manage users. They name a user by the e-mail address, in the body. */
export function addAdminUserRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  addListRoute(api);
  addLinkRoutes(api);
  const editRoute = createRoute({
    summary: "Change the name or the platform role of a user",
    description: "With former the role is not changed when the user has another one than this by now.",
    request: { body: requestBody(editUserInputSchema) },
    method: "patch",
    path: PATH,
    middleware: admitAcrossProjects(EDIT),
    responses: CHANGED,
  });
  api.openapi(editRoute, async (context) => {
    const { email, ...wish } = context.req.valid("json");
    return changeUser(context, email, { kind: "edit", ...wish });
  });
  for (const { path, kind, operation, summary } of SWITCHES) {
    const route = createRoute({
      summary,
      request: { body: requestBody(oneUserInputSchema) },
      method: "post",
      path: `${PATH}/${path}`,
      middleware: admitAcrossProjects(operation),
      responses: CHANGED,
    });
    api.openapi(route, async (context) => changeUser(context, context.req.valid("json").email, { kind }));
  }
}

function addListRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const filter = z.strictObject({
    cursor: cursorSchema,
    search: plainText.max(SEARCH_MAX).optional().openapi({ description: "A part of the name or e-mail address." }),
  });
  const route = createRoute({
    summary: "The users of the installation",
    request: { query: filter },
    method: "get",
    path: PATH,
    middleware: admitAcrossProjects(LIST),
    responses: { 200: json("A page of the users, newest first.", usersSchema), ...ERRORS },
  });
  api.openapi(route, async (context) => {
    const { rows, next } = await listUsers(context.req.valid("query"));
    const users = rows.map(({ email, name, platformRole, createdAt, disabledAt, waitsForSetUp, projectCount }) => ({
      ...{ email, name, platformRole, creationDate: createdAt, disabled: disabledAt !== null },
      ...{ waitsForSetUp, projects: projectCount },
    }));
    return context.json({ users, next }, 200);
  });
}

function addLinkRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const addRoute = createRoute({
    summary: "Add a user",
    description: "The user has no password. The person chooses one with the link of the reply, once.",
    request: { body: requestBody(addBodySchema) },
    method: "post",
    path: PATH,
    middleware: admitAcrossProjects(ADD),
    responses: { 201: limitedJson("A new user. The link is in this reply only.", setUpLinkSchema), ...BODY_ERRORS },
  });
  api.openapi(addRoute, async (context) => {
    const added = await addUser(context.var.actor, context.req.valid("json"));
    return added.ok ? context.json(tellLink(added), 201) : replyWithReason(context, "CONFLICT", added);
  });
  const resetRoute = createRoute({
    summary: "Reset the password of a user",
    description: "The password, the sessions, the tokens and older links of the user end. S3 keys work on.",
    request: { body: requestBody(oneUserInputSchema) },
    method: "post",
    path: `${PATH}/reset-password`,
    middleware: admitAcrossProjects(RESET),
    responses: { 200: limitedJson("Reset. The link is in this reply only.", setUpLinkSchema), ...BODY_ERRORS },
  });
  api.openapi(resetRoute, async (context) => {
    const reset = await resetPassword(context.var.actor, context.req.valid("json").email);
    return reset.ok ? context.json(tellLink(reset), 200) : replyWithReason(context, "CONFLICT", reset);
  });
}

function tellLink({ email, link }: Extract<LinkOutcome, { ok: true }>) {
  return { email, setUpLink: link.url.reveal(), expirationDate: link.expiresAt.toISOString() };
}

async function changeUser(context: ApiContext & { var: { actor: Actor } }, email: string, wish: UserWish) {
  const changed = await changeManagedUser(context.var.actor, email, wish);
  if (!changed.ok) return replyWithReason(context, "CONFLICT", changed);
  return context.json({ outcome: changed.outcome, message: changed.message }, 200);
}
