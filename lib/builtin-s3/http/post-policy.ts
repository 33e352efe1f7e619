import { S3Error } from "../s3-error";

type Condition =
  { kind: "eq" | "starts-with"; field: string; value: string } | { kind: "length"; min: number; max: number };

/** What the owner of a key allows to everybody who has the form. */
export interface PostPolicy {
  /** Milliseconds since the epoch. */
  expiresAt: number;
  conditions: readonly Condition[];
}

// Fields for the signature or the payload. A policy need not have conditions for them.
const EXEMPT = new Set(["policy", "x-amz-signature", "file"]);

/** Reads the policy field: base64 of JSON with `expiration` and `conditions`. Throws S3Error when it is malformed. */
export function parsePolicy(base64: string): PostPolicy {
  const document = parseJson(Buffer.from(base64, "base64").toString("utf8"));
  const { expiration, conditions } = document;
  if (typeof expiration !== "string") throw malformed("Policy missing expiration.");
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(expiration) || Number.isNaN(Date.parse(expiration)))
    throw malformed(`Invalid 'expiration' value: '${expiration}'`);
  if (!Array.isArray(conditions)) throw malformed("Policy missing conditions.");
  return { expiresAt: Date.parse(expiration), conditions: conditions.flatMap((item: unknown) => readCondition(item)) };
}

/**
 * Checks a form against its policy: the policy is not expired, every condition is met, and every field has a condition.
 * `fields` are by lower-case name, with `bucket` and `key` as they will be used. Throws S3Error for the first failure.
 */
export function checkPolicy(policy: PostPolicy, fields: ReadonlyMap<string, string>, now: number): void {
  if (now >= policy.expiresAt) throw denied("Policy expired.");
  for (const condition of policy.conditions) {
    if (condition.kind === "length") continue;
    if (!isMet(condition, fields.get(condition.field) ?? "")) {
      throw denied(`Policy Condition failed: ["${condition.kind}", "$${condition.field}", "${condition.value}"]`);
    }
  }
  const spokenOf = new Set(
    policy.conditions.flatMap((condition) => (condition.kind === "length" ? [] : [condition.field])),
  );
  const extra = [...fields.keys()].filter(
    (name) => !EXEMPT.has(name) && !name.startsWith("x-ignore-") && !spokenOf.has(name),
  );
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(", ")}`);
}

/** The sizes the policy allows for the file: within all its ranges, and no more than `max`. */
export function allowedSize(policy: PostPolicy, max: number): { min: number; max: number } {
  const ranges = policy.conditions.filter((condition) => condition.kind === "length");
  return {
    min: Math.max(0, ...ranges.map((range) => range.min)),
    max: Math.min(max, ...ranges.map((range) => range.max)),
  };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    throw malformed("Invalid JSON.");
  }
  throw malformed("Invalid JSON.");
}

function readCondition(item: unknown): Condition[] {
  if (!Array.isArray(item)) {
    if (typeof item !== "object" || item === null || Object.keys(item).length === 0)
      throw malformed("Invalid condition.");
    return Object.entries(item).map(([field, value]) => ({
      kind: "eq",
      field: field.toLowerCase(),
      value: readText(value),
    }));
  }
  const [operator, first, second] = item as unknown[];
  if (item.length !== 3 || typeof operator !== "string") throw malformed("Invalid condition.");
  const kind = operator.toLowerCase();
  if (kind === "content-length-range") return [{ kind: "length", min: readSize(first), max: readSize(second) }];
  if ((kind !== "eq" && kind !== "starts-with") || typeof first !== "string" || !first.startsWith("$"))
    throw malformed("Invalid condition.");
  return [{ kind, field: first.slice(1).toLowerCase(), value: readText(second) }];
}

function readText(value: unknown): string {
  if (typeof value !== "string") throw malformed("The value of a condition must be a text.");
  return value;
}

function readSize(value: unknown): number {
  if (!/^\d{1,15}$/.test(String(value))) throw malformed("Invalid content-length-range.");
  return Number(value);
}

function isMet({ kind, field, value }: Extract<Condition, { value: string }>, given: string): boolean {
  if (kind === "eq") return given === value;
  // A content type may be a list. S3 demands that each element begins with the prefix.
  const values = field === "content-type" ? given.split(",").map((one) => one.trim()) : [given];
  return values.every((one) => one.startsWith(value));
}

function malformed(why: string): S3Error {
  return new S3Error("InvalidPolicyDocument", `Invalid Policy: ${why}`);
}

function denied(why: string): S3Error {
  return new S3Error("AccessDenied", `Invalid according to Policy: ${why}`);
}
