import { Secret } from "@/lib/platform/secret";
import { deriveSigningKey, hmac } from "@/lib/builtin-s3/signature/credential";
import type { RawRequest } from "./raw-request";
import type { Pair } from "./test-server";

export interface FormShape {
  bucket: string;
  fields?: Record<string, string>;
  /** Added to the conditions on the bucket and on each field that is in the form. */
  conditions?: unknown[];
  /** In place of all conditions. */
  policy?: unknown;
  file?: Buffer | string;
  fileName?: string;
  /** Milliseconds from now at which the policy ends. */
  endsIn?: number;
  /** Fields as they go on the wire in place of those that were signed; `undefined` leaves one out. */
  change?: Record<string, string | undefined>;
}

const BOUNDARY = "----formBoundary7MA4YWxkTrZu0gW";

/** A browser's upload form, signed for `pair` as the SDKs' presigned posts are. */
export function signedForm(pair: Pair, region: string, shape: FormShape): RawRequest {
  const now = new Date();
  const amzDate = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const date = amzDate.slice(0, 8);
  const scope = `${date}/${region}/s3/aws4_request`;
  const given = { key: "${filename}", ...shape.fields };
  const signing = {
    "x-amz-algorithm": "AWS4-HMAC-SHA256",
    "x-amz-credential": `${pair.accessKeyId}/${scope}`,
    "x-amz-date": amzDate,
  };
  const spoken = Object.entries({ ...given, ...signing }).filter(
    ([name, value]) => !value.includes("${filename}") && !name.startsWith("x-ignore-"),
  );
  const keyCondition = given.key.includes("${filename}")
    ? [["starts-with", "$key", given.key.split("${filename}")[0]]]
    : [];
  const conditions = [
    { bucket: shape.bucket },
    ...spoken.map(([name, value]) => ({ [name]: value })),
    ...keyCondition,
    ...(shape.conditions ?? []),
  ];
  const document = shape.policy ?? {
    expiration: new Date(now.getTime() + (shape.endsIn ?? 600_000)).toISOString(),
    conditions,
  };
  const policy = Buffer.from(typeof document === "string" ? document : JSON.stringify(document)).toString("base64");
  const key = deriveSigningKey(new Secret(pair.secretAccessKey), {
    accessKeyId: pair.accessKeyId,
    date,
    region,
    service: "s3",
    scope,
  });
  const fields = {
    ...given,
    ...signing,
    policy,
    "x-amz-signature": hmac(key, policy).toString("hex"),
    ...shape.change,
  };
  return postForm(`/${shape.bucket}`, fields, shape.file ?? "posted", shape.fileName ?? "file.txt");
}

/** A form as it goes on the wire. */
export function postForm(
  target: string,
  fields: Record<string, string | undefined>,
  file: Buffer | string | undefined,
  fileName: string,
): RawRequest {
  const pieces: (Buffer | string)[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined)
      pieces.push(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
  }
  if (file !== undefined)
    pieces.push(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\nContent-Type: text/plain\r\n\r\n`,
      file,
      "\r\n",
    );
  pieces.push(`--${BOUNDARY}--\r\n`);
  const body = Buffer.concat(pieces.map((piece) => Buffer.from(piece)));
  return { method: "POST", target, headers: { "content-type": `multipart/form-data; boundary=${BOUNDARY}` }, body };
}
