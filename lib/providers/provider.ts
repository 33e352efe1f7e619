import type { Secret } from "@/lib/platform/secret";
import type { StepFinding } from "@/lib/providers/steps";

/** One S3 address at which a key is accepted or refused. */
export interface Gateway {
  name: string;
  endpoint: string;
}

export type KeyState = "active" | "inactive";

/** What a key may do: everything that its principal may, or only read. */
export type AccessLevel = "full" | "read-only";

/** What a storage system can do, as data. Callers ask for capabilities, never for the kind of a provider. */
export interface Capabilities {
  /** Whether the caller chooses the access key id. Where false, the `tag` finds a key whose creation got no answer. */
  choosesId: boolean;
  /** Whether the caller chooses the secret. Where false, `putKey` returns the secret that the storage system chose. */
  choosesSecret: boolean;
  /** Whether a single key can be switched off and on again. */
  deactivate: "key" | "none";
  /** Whether the storage system itself refuses a key from a given time on. */
  expiry: "native" | "none";
  /** Whether two keys of a principal can work at the same time. */
  overlap: boolean;
  /** Whether the storage system tells when a key was last used. */
  lastUsed: boolean;
  /**
   * What a read-only key is refused.
   * - `all`: every write
   * - `objects`: every write of objects; it may still create buckets, and change a bucket's versioning, CORS, request
   *   payment, tags and default retention
   * - `none`: the storage system cannot tell keys apart; `putKey` refuses a read-only key as `invalid`
   */
  readOnly: "all" | "objects" | "none";
  /** Whether all keys of a principal can be stopped at once, also removed keys that gateways keep in a cache. */
  suspends: boolean;
  /** The longest time for which a removed key may still be accepted, all caches included. Milliseconds. */
  revocationBoundMs: number;
}

export interface PutKeySpec {
  principal: string;
  accessKeyId: string;
  /** Ignored where the storage system chooses the secret. */
  secretAccessKey: Secret;
  /** The mark of the key on the storage system, where it can hold one: says that the key is ours, and which it is. */
  tag: string;
  access: AccessLevel;
  /** From when on the storage system refuses the key. Ignored unless `capabilities.expiry` is `native`. */
  notAfter?: Date | undefined;
}

export interface KeyRef {
  principal: string;
  accessKeyId: string;
}

/** A key as the storage system lists it, without its secret. A field is undefined where it is not known there. */
export interface KeyView {
  accessKeyId: string;
  state: KeyState;
  access: AccessLevel | undefined;
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

/** What `check` found out about the storage system, such as what its version can do. Kept in the region's settings. */
export type Findings = Readonly<Record<string, string>>;

/** The result of a check that found no fault. */
export interface CheckResult {
  findings: Findings;
  /** Sentences, without the full stop, about things that work but need an admin's attention. */
  warnings: readonly string[];
}

/** Goes with every call. */
export interface CallContext {
  /** Aborts at the caller's deadline, or when the caller gives up. */
  signal: AbortSignal;
  /** Joins the log lines of one request. */
  requestId: string;
  /**
   * Whether the caller still holds its lease. A driver that sends other requests first, or waits for another write,
   * asks this just before it creates a key, and creates none when the answer is false. Left out by callers without a
   * lease.
   */
  mayWrite?: () => Promise<boolean>;
  /** Told each finding of a check as it comes. */
  report?: ((finding: StepFinding) => void) | undefined;
}

/**
 * The answer of a gateway to a request that was signed with a key.
 * - `accepted`: the gateway accepts the signature
 * - `denied`: the gateway does not allow the request, and does not say whether the key is the reason
 * - `refused-unknown`: the gateway does not know the access key id
 * - `refused-secret`: the gateway knows the id, and the secret is wrong
 * - `refused`: the gateway refuses the key for another reason, such as a suspended owner
 */
export type ProbeAnswer = "accepted" | "denied" | "refused-unknown" | "refused-secret" | "refused";

/**
 * The storage system of one region. Every method throws nothing but `ProviderError`, ends when its context's signal
 * aborts, and puts no secret into an error, a log line or a URL. Callers use it wrapped by `guard`.
 */
export interface Provider {
  readonly capabilities: Capabilities;

  /** The S3 addresses at which keys are verified and refusals measured; never empty. */
  gateways(): Gateway[];

  /** Resolves when the admin credential works and the storage system offers what the driver needs. */
  check(context: CallContext): Promise<CheckResult>;

  /** Creates the identity that owns a project's buckets. Resolves also when it exists already. */
  ensurePrincipal(principal: string, displayName: string, context: CallContext): Promise<void>;

  /** The ids of all principals. Throws rather than returning a part. */
  listPrincipals(context: CallContext): Promise<string[]>;

  /**
   * Creates a key and returns its secret. Repeated with the same id and secret, it changes nothing. Throws `conflict`
   * when the id exists with another secret, owner or access. Where the storage system chooses the secret, a repetition for the
   * same principal gives a new secret, and the former one stops working.
   */
  putKey(spec: PutKeySpec, context: CallContext): Promise<Secret>;

  /** All keys of a principal, [] when there is no such principal. Throws rather than returning a part. */
  listKeys(principal: string, context: CallContext): Promise<KeyView[]>;

  /** Switches one key off or on. Only where `capabilities.deactivate` is `key`. */
  setKeyState?(key: KeyRef, state: KeyState, context: CallContext): Promise<void>;

  /**
   * Sets from when on the storage system itself refuses the key; undefined: never. Only where `capabilities.expiry` is
   * `native`.
   */
  setKeyExpiry?(key: KeyRef, notAfter: Date | undefined, context: CallContext): Promise<void>;

  /**
   * Removes a key. Resolves only after the storage system was read again and no longer has the key. A key that does not
   * exist is no error.
   */
  removeKey(key: KeyRef, context: CallContext): Promise<"removed" | "absent">;

  /**
   * The secret of a key, undefined when the key does not exist. For gateways that give the same answer to a wrong
   * secret and to an unknown id: the secret is read just before the removal, held in memory while the refusal is
   * measured, and dropped.
   */
  readSecret?(key: KeyRef, context: CallContext): Promise<Secret | undefined>;

  /**
   * Stops every key of the principal at every gateway from the next request on, also removed keys in a cache. Throws
   * `conflict`, and changes nothing, when the principal has a key that is not among `accessKeyIds`. Only where
   * `capabilities.suspends`.
   */
  suspendPrincipal?(principal: string, accessKeyIds: readonly string[], context: CallContext): Promise<void>;

  /**
   * Ends a suspension; resolves also when there is none. Callers wait until `revocationBoundMs` has passed since the
   * last removal: before that, gateways that cached a removed key accept it again.
   */
  resumePrincipal?(principal: string, context: CallContext): Promise<void>;

  /** Sends a harmless request, signed with the key, to a gateway and returns its answer. */
  probe(gateway: Gateway, accessKeyId: string, secretAccessKey: Secret, context: CallContext): Promise<ProbeAnswer>;

  /**
   * Whether an upload with a checksum as a trailer, as SDKs send it since 2025, is stored as it was sent. Makes a bucket of
   * the principal and removes it. Throws when nothing could be found out.
   */
  probeUpload(gateway: Gateway, key: KeyRef, secretAccessKey: Secret, context: CallContext): Promise<boolean>;

  /**
   * Chooses what new credentials of the portal itself need, as JSON. Nothing is made. Whoever keeps the plan finds after
   * a crash what was made of it. This and the next three are there where the portal can replace its own credentials.
   */
  planCredentials?(context: CallContext): Promise<Secret>;

  /**
   * Makes credentials as planned, and gives them as the driver reads them, as JSON. The present ones work on, or end with
   * it. Throws when the new ones are not accepted.
   */
  makeCredentials?(plan: Secret, context: CallContext): Promise<Secret>;

  /**
   * Undoes what an interrupted `makeCredentials` made, and resolves to undefined. Where that cannot be undone, finishes it
   * and gives the credentials that count now.
   */
  settleCredentials?(plan: Secret, context: CallContext): Promise<Secret | undefined>;

  /** Ends former credentials of the portal. Resolves only when they are refused. Works with the new ones. */
  endCredentials?(former: Secret, context: CallContext): Promise<void>;

  usage?(principal: string, context: CallContext): Promise<Usage>;

  listBuckets?(principal: string, context: CallContext): Promise<BucketView[]>;

  quota?(principal: string, context: CallContext): Promise<Quota>;
}
