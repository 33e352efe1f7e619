import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { loadCard } from "@/lib/access-keys/loaders/cards";
import { keyNameSchema } from "@/lib/access-keys/schema";
import { admit } from "@/lib/api/admit";
import { type ApiEnvironment, replyWithReason } from "@/lib/api/replies";
import { AT, CONFLICT, ERRORS, json, placeSchema } from "@/lib/api/responses";
import { CLIENT_NAMES, connectionOf, describeValidity, guideClient } from "@/lib/clients/rules";
import type { ApiOperation } from "@/lib/gate/api";
import { env } from "@/lib/platform/env";

const CONNECT: ApiOperation = { name: "Connect a client", permission: "keys:read" };

const NO_KEY = "There is no current key of this name here, so no client can be connected. Nothing was changed.";

const clientSchema = placeSchema.extend({ client: z.enum(CLIENT_NAMES) });
const nameSchema = z.strictObject({
  name: keyNameSchema.optional().openapi({ description: "The name of a named key; left out, the key of the card." }),
});

const connectionSchema = z.strictObject({
  region: z.string().openapi({ example: "north" }),
  endpoint: z.string().openapi({ example: "https://s3.example.org" }),
  signingRegion: z.string(),
  accessKeyId: z.string().openapi({ example: "LKEX0000000000000000" }),
  plainUploads: z
    .boolean()
    .openapi({ description: "Whether clients must leave out the checksums that SDKs send with uploads." }),
  readOnly: z.boolean().openapi({ description: "Whether the key can only list and read." }),
});

const guideSchema = z
  .strictObject({
    client: z.enum(CLIENT_NAMES),
    label: z.string().openapi({ description: "What people call the client." }),
    profile: z.string().openapi({ description: "The name of the profile or remote." }),
    connection: connectionSchema,
    snippets: z.array(
      z.strictObject({
        title: z.string(),
        kind: z.enum(["file", "commands", "program"]),
        path: z.string().optional().openapi({ description: "Where the file belongs; left out for commands." }),
        text: z.string().openapi({ description: "YOUR_SECRET_KEY stands in the place of the secret." }),
      }),
    ),
    notes: z.array(z.string()).openapi({ description: "Sentences about versions and traps." }),
    validity: z.string().openapi({ description: "Where the key works." }),
  })
  .openapi("ClientGuide");

/** The route that tells how a client is connected with the current key: the texts of the page, without a secret. */
export function addConnectRoute(api: OpenAPIHono<ApiEnvironment>): void {
  const route = createRoute({
    summary: "How a client is connected with the current key",
    request: { params: clientSchema, query: nameSchema },
    method: "get",
    path: `${AT}/connect/{client}`,
    middleware: admit(CONNECT),
    responses: { 200: json("The texts, without a secret.", guideSchema), ...ERRORS, ...CONFLICT },
  });
  api.openapi(route, async (context) => {
    const { region, client } = context.req.valid("param");
    const { name } = context.req.valid("query");
    const card = await loadCard(context.var.scope, region);
    const slot = name === undefined ? card : card.named.find((named) => named.name === name);
    if (!slot?.key) return replyWithReason(context, "CONFLICT", { reason: "not-enabled", message: NO_KEY });
    const { profile, secretAccessKey: _none, ...connection } = connectionOf({ ...card, ...slot }, slot.key);
    const guide = guideClient(client, { ...connection, profile });
    return context.json({ client, profile, connection, ...guide, validity: describeValidity(env.LATCHKEY_BRAND) }, 200);
  });
}
