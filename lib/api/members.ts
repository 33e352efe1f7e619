import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { admit } from "@/lib/api/admit";
import { type ApiContext, type ApiEnvironment, replyWithReason } from "@/lib/api/replies";
import {
  BODY_ERRORS,
  cursorSchema,
  ERRORS,
  json,
  limitedJson,
  nextSchema,
  projectSchema,
  requestBody,
} from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { PROJECT_ROLES } from "@/lib/gate/permissions";
import { CHANGES } from "@/lib/gate/rate-limit";
import type { ProjectScope } from "@/lib/gate/scope";
import { listMembers } from "@/lib/members/loaders";
import { changeMember } from "@/lib/members/mutations";
import {
  addMemberInputSchema,
  type MemberWish,
  removeMemberInputSchema,
  setRoleInputSchema,
} from "@/lib/members/schema";
import { plainText } from "@/lib/platform/text/plain-text";

const READ: ApiOperation = { name: "List members", permission: "members:read" };
const ADD: ApiOperation = { name: "Add member", permission: "members:manage", limit: CHANGES };
const SET_ROLE: ApiOperation = { name: "Change role", permission: "members:manage", limit: CHANGES };
const REMOVE: ApiOperation = { name: "Remove member", permission: "members:manage", limit: CHANGES };

const SEARCH_MAX = 200;
const PATH = "/projects/{project}/members";
/** What stands in the path, and so not in the body. */
const PLACE = { project: true } as const;

const addBodySchema = addMemberInputSchema.omit(PLACE);
const setRoleBodySchema = setRoleInputSchema.omit(PLACE).partial({ former: true });
const removeBodySchema = removeMemberInputSchema.omit(PLACE);

export const memberSchema = z
  .strictObject({
    email: z.string(),
    name: z.string(),
    role: z.string().openapi({ enum: [...PROJECT_ROLES] }),
    since: z.iso.datetime(),
    disabled: z.boolean().openapi({ description: "Whether the person cannot sign in at present." }),
  })
  .openapi("Member");
const membersSchema = z.strictObject({ members: z.array(memberSchema), next: nextSchema }).openapi("Members");
export const membersChangedSchema = z
  .strictObject({ outcome: z.enum(["done", "already-done"]), message: z.string() })
  .openapi("MembersChanged");

const CHANGED = {
  200: limitedJson("Done, or everything was like this before.", membersChangedSchema),
  ...BODY_ERRORS,
};

/** The routes that read and change who is in a project. They name a person by the e-mail address, in the body. */
export function addMemberRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  const filter = z.strictObject({
    cursor: cursorSchema,
    search: plainText.max(SEARCH_MAX).optional().openapi({ description: "A part of the name or e-mail address." }),
  });
  const listRoute = createRoute({
    summary: "The members of a project",
    request: { params: projectSchema, query: filter },
    method: "get",
    path: PATH,
    middleware: admit(READ),
    responses: { 200: json("A page of the members, newest first.", membersSchema), ...ERRORS },
  });
  api.openapi(listRoute, async (context) => {
    const { rows, next } = await listMembers(context.var.scope.projectId, context.req.valid("query"));
    return context.json({ members: rows, next }, 200);
  });
  const addRoute = createRoute({
    summary: "Add a member",
    description: "A platform admin who adds themself joins: the admins of the project are told.",
    request: { params: projectSchema, body: requestBody(addBodySchema) },
    method: "post",
    path: PATH,
    middleware: admit(ADD),
    responses: CHANGED,
  });
  api.openapi(addRoute, async (context) => {
    const { email, role } = context.req.valid("json");
    return change(context, email, { kind: "add", role });
  });
  const setRoleRoute = createRoute({
    summary: "Give a member another role",
    description: "With former the change is refused when the member has another role than this by now.",
    request: { params: projectSchema, body: requestBody(setRoleBodySchema) },
    method: "patch",
    path: PATH,
    middleware: admit(SET_ROLE),
    responses: CHANGED,
  });
  api.openapi(setRoleRoute, async (context) => {
    const { email, role, former } = context.req.valid("json");
    return change(context, email, { kind: "set-role", role, former });
  });
  const removeRoute = createRoute({
    summary: "Remove a member",
    request: { params: projectSchema, body: requestBody(removeBodySchema) },
    method: "post",
    path: `${PATH}/remove`,
    middleware: admit(REMOVE),
    responses: CHANGED,
  });
  api.openapi(removeRoute, async (context) => {
    const { email } = context.req.valid("json");
    return change(context, email, { kind: "remove" });
  });
}

async function change(context: ApiContext & { var: { scope: ProjectScope } }, email: string, wish: MemberWish) {
  const changed = await changeMember(context.var.scope, email, wish);
  if (!changed.ok) return replyWithReason(context, "CONFLICT", changed);
  return context.json({ outcome: changed.outcome, message: changed.message }, 200);
}
