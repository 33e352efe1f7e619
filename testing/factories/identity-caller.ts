/** How a request reaches the OpenStack endpoint: `createIdentityApi().request`, or over HTTP. */
type Ask = (path: string, init: RequestInit) => Response | Promise<Response>;
type Headers = Record<string, string>;

/** The body with which OpenStack's client signs in with an access token. */
export const byCredential = (secret: string, scope?: object | string) => ({
  auth: {
    identity: { methods: ["application_credential"], application_credential: { id: "latchkey", secret } },
    ...(scope === undefined ? {} : { scope }),
  },
});

/** The same with a password. */
export const byPassword = (name: string, password: string, project?: string) => ({
  auth: {
    identity: { methods: ["password"], password: { user: { name, password, domain: { name: "Default" } } } },
    ...(project === undefined ? {} : { scope: { project: { name: project, domain: { name: "Default" } } } }),
  },
});

/** A token's body, as far as the tests read it. */
export interface TokenBody {
  methods: string[];
  user: { id: string; name: string };
  project?: { id: string; name: string };
  roles?: { name: string }[];
  issued_at: string;
  expires_at: string;
  catalog: { type: string; endpoints: { interface: string; region_id: string; url: string }[] }[];
}

/** A program that calls the OpenStack endpoint. Paths begin after `/identity`. */
export class IdentityCaller {
  private readonly ask: Ask;
  private readonly headers: Headers;
  readonly token: TokenBody | undefined;
  readonly authToken: string | undefined;

  constructor(ask: Ask, headers: Headers = {}, token?: TokenBody) {
    this.ask = ask;
    this.headers = headers;
    this.token = token;
    this.authToken = headers["x-auth-token"];
  }

  async send(method: string, path: string, content?: unknown, headers: Headers = {}): Promise<Response> {
    const sent = { ...this.headers, ...headers };
    if (content === undefined) return this.ask(`/identity${path}`, { method, headers: sent });
    const body = typeof content === "string" ? content : JSON.stringify(content);
    const length = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
    return this.ask(`/identity${path}`, { method, headers: { ...length, ...sent }, body });
  }

  /** The same program with a token. Throws when the endpoint gives none. */
  async signIn(body: object): Promise<IdentityCaller> {
    const reply = await this.send("POST", "/v3/auth/tokens", body);
    if (reply.status !== 201) throw new Error(`${reply.status}: ${await reply.text()}`);
    const { token } = (await reply.json()) as { token: TokenBody };
    const authToken = reply.headers.get("x-subject-token") ?? "";
    return new IdentityCaller(this.ask, { ...this.headers, "x-auth-token": authToken }, token);
  }

  private credentials(region: string, more: string): string {
    return `/regions/${region}/v3/users/${this.token?.user.id ?? ""}/credentials/OS-EC2${more}`;
  }
  create(region: string): Promise<Response> {
    return this.send("POST", this.credentials(region, ""), { tenant_id: this.token?.project?.id ?? null });
  }
  list(region: string): Promise<Response> {
    return this.send("GET", this.credentials(region, ""));
  }
  show(region: string, access: string): Promise<Response> {
    return this.send("GET", this.credentials(region, `/${access}`));
  }
  delete(region: string, access: string): Promise<Response> {
    return this.send("DELETE", this.credentials(region, `/${access}`));
  }
}
