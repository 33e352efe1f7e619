import { createHash } from "node:crypto";
import type { FormShape } from "./form";
import type { Probe } from "./probe-runner";

const XML_TAGS = "<Tagging><TagSet><Tag><Key>t</Key><Value>1 &amp; 2</Value></Tag></TagSet></Tagging>";
const MIB = 1024 * 1024;
const PART = Buffer.alloc(5 * MIB, "p");
const partTag = `"${createHash("md5").update(PART).digest("hex")}"`;
const complete = (parts: [number, string][]) =>
  `<CompleteMultipartUpload>${parts.map(([number, etag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`).join("")}</CompleteMultipartUpload>`;
const get = (target: string, headers?: Record<string, string>): Probe => ({
  name: `GET ${target}${headers ? ` ${JSON.stringify(headers)}` : ""}`,
  target,
  headers,
});
const put = (target: string, more: Partial<Probe> = {}): Probe => ({
  name: `PUT ${target}${more.headers ? ` ${JSON.stringify(more.headers)}` : ""}`,
  method: "PUT",
  target,
  ...more,
});
const of = (method: string, target: string, more: Partial<Probe> = {}): Probe => ({
  name: `${method} ${target}`,
  method,
  target,
  ...more,
});
const past = new Date(Date.UTC(2020, 0, 1)).toUTCString();
const future = new Date(Date.UTC(2099, 0, 1)).toUTCString();
const HELLO = `"${createHash("md5").update("hello").digest("hex")}"`;

const BUCKETS: Probe[] = [
  get("/"),
  { ...get("/cmp-bucket"), name: "GET before there is a bucket" },
  put("/cmp-bucket"),
  put("/cmp-bucket", { name: "PUT a bucket one has" }),
  put("/cmp-bucket", { name: "PUT a bucket another has", as: "stranger" }),
  { ...get("/cmp-bucket"), name: "GET another's bucket", as: "stranger" },
  { ...get("/cmp-bucket"), name: "GET as nobody", as: "nobody" },
  { ...get("/"), name: "GET / as nobody", as: "nobody" },
  of("HEAD", "/cmp-bucket"),
  of("HEAD", "/cmp-absent"),
  put("/Cmp_Upper"),
  put("/ab"),
  put("/192.168.1.1"),
  ...[
    "location",
    "versioning",
    "acl",
    "tagging",
    "policy",
    "cors",
    "lifecycle",
    "encryption",
    "website",
    "object-lock",
    "replication",
    "requestPayment",
    "logging",
    "notification",
    "publicAccessBlock",
    "policyStatus",
    "uploads",
    "versions",
  ].map((name) => get(`/cmp-bucket?${name}`)),
  put("/cmp-bucket?tagging", { body: XML_TAGS }),
  { ...get("/cmp-bucket?tagging"), name: "GET bucket tags that are there" },
  of("DELETE", "/cmp-bucket?tagging"),
  of("DELETE", "/cmp-absent"),
];

const OBJECTS: Probe[] = [
  get("/cmp-bucket/absent"),
  of("HEAD", "/cmp-bucket/absent"),
  of("DELETE", "/cmp-bucket/absent"),
  get("/cmp-absent/key"),
  put("/cmp-absent/key", { body: "x" }),
  put("/cmp-bucket/hello", {
    body: "hello",
    headers: {
      "content-type": "text/plain",
      "cache-control": "no-cache",
      "content-disposition": "inline",
      "content-encoding": "x",
      "content-language": "de",
      "x-amz-meta-a": "1",
      expires: future,
    },
  }),
  get("/cmp-bucket/hello"),
  of("HEAD", "/cmp-bucket/hello"),
  { ...get("/cmp-bucket/hello"), name: "GET another's object", as: "stranger" },
  { ...get("/cmp-bucket/hello"), name: "GET an object as nobody", as: "nobody" },
  ...[
    "bytes=1-2",
    "bytes=-2",
    "bytes=3-",
    "bytes=9-",
    "bytes=3-1",
    "bytes=0-99",
    "bytes=-0",
    "bytes=-99",
    "bytes=0-0,2-3",
    "lines=1-2",
    "nonsense",
  ].map((range) => get("/cmp-bucket/hello", { range })),
  get("/cmp-bucket/hello", { "if-match": HELLO }),
  get("/cmp-bucket/hello", { "if-match": '"x"' }),
  get("/cmp-bucket/hello", { "if-none-match": HELLO }),
  get("/cmp-bucket/hello", { "if-none-match": '"x"' }),
  get("/cmp-bucket/hello", { "if-none-match": "*" }),
  get("/cmp-bucket/hello", { "if-modified-since": future }),
  get("/cmp-bucket/hello", { "if-modified-since": past }),
  get("/cmp-bucket/hello", { "if-unmodified-since": past }),
  get("/cmp-bucket/hello", { "if-unmodified-since": future }),
  get("/cmp-bucket/hello", { "if-match": HELLO, "if-unmodified-since": past }),
  get("/cmp-bucket/hello", { "if-none-match": '"x"', "if-modified-since": future }),
  get(
    "/cmp-bucket/hello?response-content-type=text/other&response-cache-control=max-age%3D1&response-content-disposition=attachment&response-content-encoding=y&response-content-language=en&response-expires=Thu%2C%2001%20Dec%202099%2016%3A00%3A00%20GMT",
  ),
  get("/cmp-bucket/hello?versionId=null"),
  get("/cmp-bucket/hello?partNumber=1"),
  get("/cmp-bucket/hello?acl"),
  get("/cmp-bucket/hello?tagging"),
  put("/cmp-bucket/hello?tagging", { body: XML_TAGS }),
  { ...get("/cmp-bucket/hello?tagging"), name: "GET tags that are there" },
  { ...get("/cmp-bucket/hello"), name: "GET an object with tags" },
  of("DELETE", "/cmp-bucket/hello?tagging"),
  put("/cmp-bucket/tagged", { body: "x", headers: { "x-amz-tagging": "a=b&c=d%20e" } }),
  get("/cmp-bucket/tagged?tagging"),
  put("/cmp-bucket/none", { body: "", headers: { "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" } }),
  get("/cmp-bucket/none"),
  get("/cmp-bucket/none", { range: "bytes=0-0" }),
  put("/cmp-bucket/bad", { body: "x", headers: { "content-md5": "1B2M2Y8AsgTpgAmY7PhCfg==" } }),
  put("/cmp-bucket/bad", { body: "x", headers: { "content-md5": "short" } }),
  put("/cmp-bucket/bad", { name: "PUT with a wrong hash", body: "x", payloadHash: "0".repeat(64) }),
  put("/cmp-bucket/cond", { name: "PUT if none match, new", body: "x", headers: { "if-none-match": "*" } }),
  put("/cmp-bucket/cond", { name: "PUT if none match, there", body: "x", headers: { "if-none-match": "*" } }),
  put("/cmp-bucket/cond", { name: "PUT if match, another", body: "x", headers: { "if-match": '"x"' } }),
  put("/cmp-bucket/folder/", { body: "" }),
  put("/cmp-bucket/a%2Fb%20c%2B%C3%BC", { body: "x" }),
  put("/cmp-bucket//twice//", { body: "x" }),
  get("/cmp-bucket//twice//"),
  put(`/cmp-bucket/${"k".repeat(1024)}`, { name: "PUT the longest name", body: "x" }),
  put(`/cmp-bucket/${"k".repeat(1025)}`, { name: "PUT a name too long", body: "x" }),
  of("DELETE", `/cmp-bucket/${"k".repeat(1024)}`, { name: "DELETE the longest name" }),
  of("POST", "/cmp-bucket/hello", { body: "" }),
  of("POST", "/cmp-bucket", { body: "" }),
  of("PATCH", "/cmp-bucket/hello", { body: "" }),
];

const COPIES: Probe[] = [
  ["/cmp-bucket/hello", {}],
  ["cmp-bucket/hello", { "x-amz-metadata-directive": "REPLACE", "x-amz-meta-b": "2", "content-type": "text/copied" }],
  ["/cmp-bucket/absent", {}],
  ["/cmp-absent/hello", {}],
  ["cmp-bucket", {}],
  ["/cmp-bucket/hello", { "x-amz-copy-source-if-match": '"x"' }],
  ["/cmp-bucket/hello", { "x-amz-copy-source-if-none-match": HELLO }],
  ["/cmp-bucket/hello", { "x-amz-copy-source-if-modified-since": past }],
  ["/cmp-bucket/hello", { "x-amz-copy-source-if-unmodified-since": past }],
].flatMap(([source, headers]): Probe[] => {
  const all = { "x-amz-copy-source": source as string, ...(headers as Record<string, string>) };
  return [
    put("/cmp-bucket/copy", { headers: all }),
    { ...get("/cmp-bucket/copy"), name: `GET the copy ${JSON.stringify(all)}` },
  ];
});

const LISTINGS: Probe[] = [
  ...[
    "",
    "?prefix=a",
    "?delimiter=/",
    "?delimiter=/&prefix=a/",
    "?max-keys=2",
    "?max-keys=0",
    "?marker=hello",
    "?encoding-type=url",
    "?encoding-type=url&prefix=a%20b%2F%C3%BC&delimiter=%C3%BC",
    "?max-keys=x",
    "?max-keys=-1",
    "?max-keys=2000",
    "?encoding-type=x",
    "?delimiter=%2F&max-keys=1",
  ].map((query) => get(`/cmp-bucket${query}`)),
  ...[
    "",
    "&prefix=a",
    "&delimiter=/",
    "&max-keys=2",
    "&max-keys=0",
    "&start-after=hello",
    "&fetch-owner=true",
    "&encoding-type=url",
  ].map((query) => get(`/cmp-bucket?list-type=2${query}`)),
  get("/cmp-bucket?versions&max-keys=2"),
  get("/cmp-bucket?versions&prefix=hello"),
  of("POST", "/cmp-bucket?delete", {
    name: "delete two, one absent",
    body: "<Delete><Object><Key>copy</Key></Object><Object><Key>absent</Key></Object></Delete>",
    headers: {
      "content-md5": createHash("md5")
        .update("<Delete><Object><Key>copy</Key></Object><Object><Key>absent</Key></Object></Delete>")
        .digest("base64"),
    },
  }),
  of("POST", "/cmp-bucket?delete", {
    name: "delete quietly",
    body: "<Delete><Quiet>true</Quiet><Object><Key>tagged</Key></Object></Delete>",
  }),
  of("POST", "/cmp-bucket?delete", { name: "delete with broken XML", body: "<Delete>" }),
  of("DELETE", "/cmp-bucket", { name: "DELETE a bucket that is not empty" }),
];

const upload = "/cmp-bucket/multi";
const MULTIPART: Probe[] = [
  of("POST", `${upload}?uploads`, {
    headers: { "content-type": "text/multi", "x-amz-meta-a": "m" },
    keep: { upload: "UploadId" },
  }),
  get(`${upload}?uploadId={upload}`),
  put(`${upload}?partNumber=1&uploadId={upload}`, { body: PART }),
  put(`${upload}?partNumber=2&uploadId={upload}`, { body: PART, keep: { second: "etag" } }),
  put(`${upload}?partNumber=1&uploadId=absent`, { body: "x" }),
  { ...get(`${upload}?uploadId={upload}`), name: "list parts" },
  get(`${upload}?uploadId={upload}&max-parts=1`),
  get(`${upload}?uploadId={upload}&part-number-marker=1`),
  get(`${upload}?uploadId=absent`),
  get("/cmp-bucket?uploads&prefix=multi"),
  get("/cmp-bucket?uploads&max-uploads=1"),
  get("/cmp-bucket?uploads&delimiter=t"),
  put(`${upload}?partNumber=3&uploadId={upload}`, {
    name: "copy a part",
    keep: { third: "ETag" },
    headers: { "x-amz-copy-source": "/cmp-bucket/hello", "x-amz-copy-source-range": "bytes=1-3" },
  }),
  put(`${upload}?partNumber=4&uploadId={upload}`, {
    name: "copy a part beyond its end",
    headers: { "x-amz-copy-source": "/cmp-bucket/hello", "x-amz-copy-source-range": "bytes=1-99" },
  }),
  put(`${upload}?partNumber=4&uploadId={upload}`, {
    name: "copy a part, broken range",
    headers: { "x-amz-copy-source": "/cmp-bucket/hello", "x-amz-copy-source-range": "1-3" },
  }),
  of("POST", `${upload}?uploadId={upload}`, { name: "complete with a wrong tag", body: complete([[1, '"x"']]) }),
  of("POST", `${upload}?uploadId={upload}`, { name: "complete with an absent part", body: complete([[9, partTag]]) }),
  of("POST", `${upload}?uploadId={upload}`, {
    name: "complete in wrong order",
    body: complete([
      [2, "{second}"],
      [1, partTag],
    ]),
  }),
  of("POST", `${upload}?uploadId={upload}`, { name: "complete with nothing", body: complete([]) }),
  of("POST", `${upload}?uploadId={upload}`, {
    name: "complete with a small part",
    body: complete([
      [1, partTag],
      [3, "{third}"],
      [4, "{third}"],
    ]),
  }),
  of("POST", `${upload}?uploadId={upload}`, {
    name: "complete",
    body: complete([
      [1, partTag],
      [2, "{second}"],
      [3, "{third}"],
    ]),
  }),
  of("HEAD", upload),
  get(upload, { range: "bytes=5242879-" }),
  of("HEAD", `${upload}?partNumber=2`),
  of("HEAD", `${upload}?partNumber=9`),
  of("POST", `${upload}?uploads`, { name: "begin another", keep: { other: "UploadId" } }),
  put(`${upload}?partNumber=0&uploadId={other}`, { body: "x" }),
  put(`${upload}?partNumber=10001&uploadId={other}`, { body: "x" }),
  of("DELETE", `${upload}?uploadId={other}`),
  of("DELETE", `${upload}?uploadId={other}`, { name: "abort twice" }),
];

const form = (name: string, shape: Partial<FormShape>, as: Probe["as"] = "nobody"): Probe => ({
  name: `form: ${name}`,
  target: "",
  as,
  form: { bucket: "cmp-bucket", ...shape },
});
const END = new Date(Date.UTC(2099, 0, 1)).toISOString();
const FORMS: Probe[] = [
  form("plain", {}),
  { ...get("/cmp-bucket/file.txt"), name: "GET what the form stored" },
  form("with headers and metadata", {
    fields: {
      key: "form/${filename}",
      "Content-Type": "text/form",
      "x-amz-meta-a": "f",
      acl: "private",
      "x-ignore-me": "1",
    },
  }),
  { ...get("/cmp-bucket/form/file.txt"), name: "GET what the form with headers stored" },
  ...["200", "201", "204", "404", "x"].map((status) =>
    form(`status ${status}`, { fields: { key: "k", success_action_status: status } }),
  ),
  form("redirect", { fields: { key: "k", success_action_redirect: "http://example.com/done?x=1" } }),
  form("redirect to nowhere", { fields: { key: "k", success_action_redirect: "nowhere" } }),
  form("expired", { endsIn: -1000 }),
  form("changed key", { fields: { key: "k" }, change: { key: "other" } }),
  form("added field", { change: { "x-amz-meta-b": "2" } }),
  form("changed policy", {
    change: { policy: Buffer.from(JSON.stringify({ expiration: END, conditions: [] })).toString("base64") },
  }),
  form("wrong signature", { change: { "x-amz-signature": "0".repeat(64) } }),
  form("unknown key", { change: { "x-amz-credential": "NOBODY/20260101/default/s3/aws4_request" } }),
  form("without policy", { change: { policy: undefined } }),
  form("without signature", { change: { "x-amz-signature": undefined } }),
  form("without key", { change: { key: undefined } }),
  form("within its sizes", { conditions: [["content-length-range", 0, 6]] }),
  form("larger than allowed", { conditions: [["content-length-range", 0, 5]] }),
  form("smaller than allowed", { conditions: [["content-length-range", 7, 10]] }),
  form("sizes without an end", { conditions: [["content-length-range", 0]] }),
  form("a condition on an absent field", { conditions: [{ "x-amz-meta-b": "2" }] }),
  form("policy is no JSON", { policy: "x" }),
  form("policy without conditions", { policy: { expiration: END } }),
  form("policy without expiration", { policy: { conditions: [] } }),
  form("policy with a broken date", { policy: { expiration: "tomorrow", conditions: [] } }),
  form("policy that does not name the bucket", {
    policy: { expiration: END, conditions: [["starts-with", "$key", ""]] },
  }),
  form("into another's bucket", {}, "stranger"),
  form("into no bucket", { bucket: "cmp-absent" }),
  { ...get("/cmp-bucket/k"), name: "GET what the last form stored" },
];

/** Everything that is asked of both servers, in this order. */
export const PROBES: readonly Probe[] = [...BUCKETS, ...OBJECTS, ...COPIES, ...LISTINGS, ...MULTIPART, ...FORMS];
