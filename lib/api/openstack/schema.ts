import { z } from "zod";
import { plainText } from "@/lib/platform/text/plain-text";

const TEXT_MAX = 254;
/** Names and ids. PostgreSQL refuses some characters, so they are refused here. */
const text = plainText.min(1).max(TEXT_MAX);

const METHODS = ["password", "application_credential"] as const;
export type Method = (typeof METHODS)[number];

/** OpenStack's clients send a domain. The portal has none, so every domain is accepted. */
const domainSchema = z.strictObject({ id: text.optional(), name: text.optional() });

const passwordSchema = z.strictObject({
  user: z.strictObject({
    /** The e-mail address. */
    name: z.string("Give the user by name: the e-mail address").pipe(text),
    domain: domainSchema.optional(),
    password: z.string().min(1).max(1_000),
  }),
});

const applicationCredentialSchema = z.strictObject({
  /** Clients must send an id, or a name and a user. The secret alone says who it is. */
  id: text.optional(),
  name: text.optional(),
  user: z.strictObject({ id: text.optional(), name: text.optional(), domain: domainSchema.optional() }).optional(),
  /** An access token. */
  secret: z.string().min(1).max(1_000),
});

const projectSchema = z
  .strictObject({ id: text.optional(), name: text.optional(), domain: domainSchema.optional() })
  .refine(({ id, name }) => (id === undefined) !== (name === undefined), "Give the project by id or by name");

const scopeSchema = z.preprocess(
  (scope) => (scope === "unscoped" ? {} : scope),
  z.strictObject({ project: projectSchema.optional() }),
);

const identitySchema = z
  .strictObject({
    methods: z
      .array(z.enum(METHODS, "The methods here are password and application_credential"))
      .length(1, "Give one method"),
    password: passwordSchema.optional(),
    application_credential: applicationCredentialSchema.optional(),
  })
  .refine(({ methods: [method], ...parts }) => method !== undefined && parts[method] !== undefined, {
    error: "The part with the name of the method is missing",
  });

/** The body of POST /auth/tokens. */
export const signInSchema = z.strictObject({
  auth: z.strictObject({ identity: identitySchema, scope: scopeSchema.optional() }),
});

export type SignInBody = z.infer<typeof signInSchema>["auth"];

/** The body of POST .../credentials/OS-EC2. Clients send null without a project. */
export const createCredentialSchema = z.strictObject({ tenant_id: text.nullable() });
