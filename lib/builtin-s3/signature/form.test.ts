import { expect, it } from "vitest";
import { Secret } from "@/lib/platform/secret";
import { checkPolicy, parsePolicy } from "../http/post-policy";
import { verifyForm } from "./form";

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
const POLICY = [
  '{ "expiration": "2015-12-30T12:00:00.000Z",',
  '  "conditions": [',
  '    {"bucket": "sigv4examplebucket"},',
  '    ["starts-with", "$key", "user/user1/"],',
  '    {"acl": "public-read"},',
  '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
  '    ["starts-with", "$Content-Type", "image/"],',
  '    {"x-amz-meta-uuid": "14365123651274"},',
  '    {"x-amz-server-side-encryption": "AES256"},',
  '    ["starts-with", "$x-amz-meta-tag", ""],',
  "",
  '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
  '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
  '    {"x-amz-date": "20151229T000000Z" }',
  "  ]",
  "}",
].join("\r\n");
const FIELDS = {
  key: "user/user1/${filename}",
  acl: "public-read",
  success_action_redirect: "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html",
  "content-type": "image/jpeg",
  "x-amz-meta-uuid": "14365123651274",
  "x-amz-server-side-encryption": "AES256",
  "x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request",
  "x-amz-algorithm": "AWS4-HMAC-SHA256",
  "x-amz-date": "20151229T000000Z",
  "x-amz-meta-tag": "",
  policy: Buffer.from(POLICY).toString("base64"),
  "x-amz-signature": "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e",
};
const NOW = Date.UTC(2015, 11, 29, 12);
const key = { secret: new Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY") };
const context = {
  signingRegion: "us-east-1",
  now: NOW,
  findKey: (id: string) => (id === "AKIAIOSFODNN7EXAMPLE" ? key : undefined),
};
const verify = (change: Record<string, string> = {}) =>
  verifyForm(new Map(Object.entries({ ...FIELDS, ...change })), context);

it("accepts the form of the AWS documentation, and its policy for a day", () => {
  expect(verify()).toMatchObject({ ok: true, key });
  const fields = new Map(Object.entries({ ...FIELDS, bucket: "sigv4examplebucket", key: "user/user1/a.jpg" }));
  checkPolicy(parsePolicy(FIELDS.policy), fields, NOW);
  expect(() => checkPolicy(parsePolicy(FIELDS.policy), fields, Date.UTC(2015, 11, 30, 12))).toThrow("Policy expired");
});

it("refuses it with any one bit of its policy, signature or scope changed", () => {
  const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
  for (let at = 0; at < FIELDS.policy.length; at += 1)
    expect(verify({ policy: flip(FIELDS.policy, at) })).toMatchObject({ ok: false, code: "SignatureDoesNotMatch" });
  for (let at = 0; at < 64; at += 1)
    expect(verify({ "x-amz-signature": flip(FIELDS["x-amz-signature"], at) })).toMatchObject({
      ok: false,
      code: "SignatureDoesNotMatch",
    });
  for (let at = 0; at < FIELDS["x-amz-credential"].length; at += 1) {
    const credential = flip(FIELDS["x-amz-credential"], at);
    expect(verify({ "x-amz-credential": credential }).ok).toBe(credential === FIELDS["x-amz-credential"]);
  }
  expect(
    verify({
      "x-amz-date": "20151230T000000Z",
      "x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151230/us-east-1/s3/aws4_request",
    }),
  ).toMatchObject({ code: "AccessDenied" });
  expect(verify({ "x-amz-security-token": "x" })).toMatchObject({ code: "InvalidToken" });
});
