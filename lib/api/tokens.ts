import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { TOKEN_DAYS_DEFAULT, TOKEN_DAYS_MAX, tokenNameSchema, tokenScopeSchema } from "@/lib/api-tokens/schema";
import { admitOwner, admitStranger } from "@/lib/api/admit";
import type { ApiEnvironment } from "@/lib/api/replies";
import { CHANGE_ERRORS, ERRORS, json } from "@/lib/api/responses";
import type { ApiOperation } from "@/lib/gate/api";
import { signInProgram } from "@/lib/gate/sign-in";
import { describeOwnToken, findOnlyPlace } from "@/lib/own-tokens/loaders";
import { createOwnToken, revokeOwnToken } from "@/lib/own-tokens/mutations";
import { AppError } from "@/lib/platform/errors";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";
import { endSession } from "@/lib/sessions/mutations";

const CREATE: ApiOperation = { name: "Create token", permission: "tokens:own" };
const READ: ApiOperation = { name: "Read the account", permission: "account:manage" };
const REVOKE: ApiOperation = { name: "Revoke token", permission: "tokens:own" };

const DAY_MS = 24 * 60 * 60 * 1_000;

const createBodySchema = z.strictObject({
  email: plainText.min(1).max(254),
  password: z.string().min(1).max(1_000),
  name: tokenNameSchema.openapi({ description: "What the token is for." }),
  project: slugSchema
    .nullable()
    .optional()
    .openapi({ description: "Null: every project that the platform role reaches. Left out: the only project." }),
  scope: tokenScopeSchema.default("write"),
  expiresInDays: z.int().min(1).max(TOKEN_DAYS_MAX).default(TOKEN_DAYS_DEFAULT),
});

const tokenFields = {
  project: z.string().nullable().openapi({ description: "The only project of the token; null for every project." }),
  scope: tokenScopeSchema,
  expirationDate: z.iso.datetime(),
};
export const createdSchema = z
  .strictObject({ token: z.string().openapi({ description: "Shown in this reply only." }), ...tokenFields })
  .openapi("CreatedToken");
export const accountSchema = z
  .strictObject({
    name: z.string(),
    email: z.string(),
    platformRole: z.string().nullable(),
    token: z.strictObject({ name: z.string(), ...tokenFields }),
  })
  .openapi("Account");
const revokedSchema = z.strictObject({ outcome: z.literal("done") }).openapi("Revoked");

/** The routes with which a program gets, looks at and revokes its own token. */
export function addTokenRoutes(api: OpenAPIHono<ApiEnvironment>): void {
  addCreateRoute(api);
  const read = { summary: "Whose token this is, and what it may do", method: "get", path: "/account" } as const;
  const account = json("The person and the token.", accountSchema);
  api.openapi(
    createRoute({ ...read, middleware: admitOwner(READ), responses: { 200: account, ...ERRORS } }),
    async (context) => {
      const { name, email, platformRole, tokenId } = context.var.actor;
      return context.json({ name, email, platformRole, token: await describeOwnToken(tokenId) }, 200);
    },
  );
  const revoke = { summary: "Revoke the token of this call", method: "post", path: "/account/revoke-token" } as const;
  const revoked = json("The token is refused from now on.", revokedSchema);
  api.openapi(
    createRoute({ ...revoke, middleware: admitOwner(REVOKE), responses: { 200: revoked, ...ERRORS } }),
    async (context) => {
      const { actor } = context.var;
      if (actor.tokenId !== undefined) await revokeOwnToken(actor, actor.tokenId);
      return context.json({ outcome: "done" as const }, 200);
    },
  );
}

/** Takes a password in place of a token. The session that it starts ends before the reply. */
function addCreateRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const route = createRoute({
    summary: "Get a token with a password",
    description: "The limits of the sign-in page hold. The password goes in the body, and nowhere else.",
    security: [],
    method: "post",
    path: "/tokens",
    request: { body: { required: true, content: { "application/json": { schema: createBodySchema } } } },
    middleware: admitStranger(CREATE),
    responses: { 201: json("A new token. It is in this reply only.", createdSchema), ...CHANGE_ERRORS },
  });
  api.openapi(route, async (context) => {
    const { email, password, expiresInDays, ...wish } = context.req.valid("json");
    const address = context.req.header(CLIENT_ADDRESS_HEADER) ?? "unknown";
    const userAgent = context.req.header("user-agent");
    const actor = await signInProgram({ email, password, address, userAgent });
    try {
      context.set("actor", actor);
      const expiresAt = new Date(Date.now() + expiresInDays * DAY_MS);
      const project = wish.project === undefined ? await findOnlyPlace(actor) : wish.project;
      const expirationDate = expiresAt.toISOString();
      const created = await createOwnToken(actor, { ...wish, project, expiresIn: "date", expirationDate });
      if (!created.ok) throw new AppError("CONFLICT", created.reason, { userMessage: created.message });
      return context.json({ token: created.token.reveal(), project, scope: wish.scope, expirationDate }, 201);
    } finally {
      await endSession(actor.sessionId, address);
    }
  });
}
