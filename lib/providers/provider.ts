import type { Secret } from "@/lib/platform/secret";

/** One S3 address at which a key is accepted or refused. */
export interface Gateway {
  name: string;
  endpoint: string;
}

export type KeyState = "active" | "inactive";

/** What a storage system can do, as data. Nobody asks for the kind of a provider; they ask for these. */
export interface Capabilities {
  /** Whether the id is ours to choose. Where false, `tag` finds a key after a lost reply. */
  choosesId: boolean;
  /** Whether the secret is ours to choose. Where false, `putKey` returns the one the storage system made. */
  choosesSecret: boolean;
  /** How a single key can be switched off and on again. */
  deactivate: "key" | "none";
  /** Whether the storage system ends a key by itself at a given time. */
  expiry: "native" | "none";
  /** Whether two keys of a principal can work at the same time. */
  overlap: boolean;
  /** Whether the storage system tells when a key was last used. */
  lastUsed: boolean;
  /** Whether all keys of a principal can be stopped at once, also where gateways keep removed ones in a cache. */
  suspends: boolean;
  /** The longest time a removed key may still be accepted, all caches included. Milliseconds. */
  revocationBoundMs: number;
}

export interface PutKeySpec {
  principal: string;
  accessKeyId: string;
  /** Ignored where the storage system makes the secret. */
  secretAccessKey: Secret;
  /** Says on the storage system that the key is ours, and which. */
  tag: string;
}

export interface KeyRef {
  principal: string;
  accessKeyId: string;
}

/** A key as the storage system knows it. Never with its secret. Undefined: the storage system does not say. */
export interface KeyView {
  accessKeyId: string;
  state: KeyState;
  tag: string | undefined;
  createdAt: Date | undefined;
  lastUsedAt: Date | undefined;
}

export interface Usage {
  buckets: number;
  objects: number;
  bytes: bigint;
  asOf: Date;
}

export interface BucketView {
  name: string;
  createdAt: Date;
  objects: number;
  bytes: bigint;
}

/** What a principal may store at most. Undefined: no limit. */
export interface Quota {
  bytes: bigint | undefined;
  objects: number | undefined;
}

/**
 * What `check` found out about the storage system, such as what its version can do. It is kept among the region's
 * settings, so that every process knows it and no process guesses.
 */
export type Findings = Readonly<Record<string, string>>;

/** What a check that found nothing wrong gives. */
export interface CheckResult {
  findings: Findings;
  /** Sentences for an admin about what works and should be looked at, without the last stop. */
  warnings: readonly string[];
}

/** Travels with every call: the deadline or the caller's withdrawal, and the id that logs are joined by. */
export interface CallContext {
  signal: AbortSignal;
  requestId: string;
  /**
   * Whether the caller may write still. A driver that asks for other things first, or waits for its turn, asks this
   * just before it makes a key, and makes none without it. Left out where nobody else can take that right.
   */
  mayWrite?: () => Promise<boolean>;
}

/**
 * What a gateway answers to a request signed with a pair.
 * - `accepted`: the signature was accepted
 * - `denied`: it does not allow the request, and does not say whether because of the pair
 * - `refused-unknown`: the gateway does not know the access key id
 * - `refused-secret`: it knows the id, and the secret is another
 * - `refused`: refused, and it does not say which of the two
 */
export type ProbeAnswer = "accepted" | "denied" | "refused-unknown" | "refused-secret" | "refused";

/**
 * One storage system behind one region. Every method throws `ProviderError` and nothing else, obeys its context's
 * signal, and leaves no secret in an error, a log line or a URL. Callers get it wrapped by `guard`.
 */
export interface Provider {
  readonly capabilities: Capabilities;

  /** The S3 addresses to prove and measure at; never empty. */
  gateways(): Gateway[];

  /** Resolves when the admin credential works and the storage system offers what the driver needs. */
  check(context: CallContext): Promise<CheckResult>;

  /** Makes the identity that owns a project's buckets. Resolves also when it is there already. */
  ensurePrincipal(principal: string, displayName: string, context: CallContext): Promise<void>;

  /** The ids of all principals. Complete or it throws. */
  listPrincipals(context: CallContext): Promise<string[]>;

  /**
   * Makes a key and returns the secret that works. With the same id and secret again it changes nothing;
   * `conflict` when the id exists with anything else. Where the storage system makes the secret, the same id of the
   * same principal again gives a new secret, and the former one stops working.
   */
  putKey(spec: PutKeySpec, context: CallContext): Promise<Secret>;

  /** All keys of a principal, [] when it does not exist. Complete or it throws: a part must never look like absence. */
  listKeys(principal: string, context: CallContext): Promise<KeyView[]>;

  /** Switches one key off or on. Only where `capabilities.deactivate` is `key`. */
  setKeyState?(key: KeyRef, state: KeyState, context: CallContext): Promise<void>;

  /** Removes a key. Resolves only when the storage system has proved that it is gone; a missing key is no error. */
  removeKey(key: KeyRef, context: CallContext): Promise<"removed" | "absent">;

  /**
   * The secret of a key, undefined when the key is absent. For gateways that answer alike to a wrong secret and to an
   * unknown id: it is read just before the removal, held in memory to measure the refusal, and dropped.
   */
  readSecret?(key: KeyRef, context: CallContext): Promise<Secret | undefined>;

  /**
   * Stops every key of the principal at every gateway from the next request on, cached ones too. Throws `conflict`,
   * and changes nothing, when the principal has a key that is not among `accessKeyIds`. Only where
   * `capabilities.suspends`.
   */
  suspendPrincipal?(principal: string, accessKeyIds: readonly string[], context: CallContext): Promise<void>;

  /**
   * Ends a suspension; resolves also when there is none. Before the bound has passed since the last removal, pairs
   * that are removed come back to life at gateways that cached them.
   */
  resumePrincipal?(principal: string, context: CallContext): Promise<void>;

  /** Signs a harmless request with the pair at a gateway and tells the answer. */
  probe(gateway: Gateway, accessKeyId: string, secretAccessKey: Secret, context: CallContext): Promise<ProbeAnswer>;

  usage?(principal: string, context: CallContext): Promise<Usage>;

  listBuckets?(principal: string, context: CallContext): Promise<BucketView[]>;

  quota?(principal: string, context: CallContext): Promise<Quota>;
}
