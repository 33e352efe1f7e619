import { type FormShape, signedForm } from "./form";
import { type RawAnswer, type RawRequest, send, sendSigned } from "./raw-request";
import type { Pair } from "./test-server";

/** One request of the comparison with a reference server, and what later requests need of its answer. */
export interface Probe extends RawRequest {
  name: string;
  as?: "owner" | "stranger" | "nobody";
  payloadHash?: string;
  /** A browser's form in place of target, headers and body. */
  form?: FormShape;
  /** Keeps the text of an element (or of the header `etag`) as `{name}`, for targets and bodies that come later. */
  keep?: Record<string, string>;
}

/** What is compared of an answer. */
export interface Finding {
  status: number;
  code?: string;
  headers: Record<string, string>;
  /** `path=value` of every element with text; of errors only the code is compared. Text bodies are one line. */
  body: string[];
}

export interface ProbeTarget {
  endpoint: string;
  region: string;
  owner: Pair;
  stranger: Pair;
}

const COMPARED_HEADERS = [
  ...[
    "accept-ranges",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-length",
    "content-range",
    "content-type",
    "etag",
    "expires",
    "location",
  ],
  ...[
    "x-amz-meta-a",
    "x-amz-meta-b",
    "x-amz-tagging-count",
    "x-amz-mp-parts-count",
    "x-amz-copy-source-version-id",
    "x-amz-version-id",
    "x-amz-delete-marker",
  ],
];

// Of an answer without an object's bytes these say nothing.
const UNTOLD = new Set(["content-length", "accept-ranges", "content-type"]);
// RGW's own addition to what S3 says of an entry.
const UNTOLD_LINE = /\/Type=Normal$/;

/** Sends the probes one after the other. Names that hold no secret and differ by server are masked. */
export async function runProbes(probes: readonly Probe[], target: ProbeTarget): Promise<Map<string, Finding>> {
  const kept = new Map<string, string>();
  const fill = (text: string) => text.replace(/\{([a-z]+)\}/g, (whole, name: string) => kept.get(name) ?? whole);
  const findings = new Map<string, Finding>();
  for (const { name, as = "owner", payloadHash, keep = {}, form, ...raw } of probes) {
    const body = typeof raw.body === "string" ? fill(raw.body) : raw.body;
    const request = form
      ? signedForm(target[as === "stranger" ? as : "owner"], target.region, form)
      : { ...raw, target: fill(raw.target), body };
    const answer =
      form || as === "nobody"
        ? await send(target.endpoint, request)
        : await sendSigned(target.endpoint, target[as], request, { region: target.region, payloadHash });
    for (const [variable, element] of Object.entries(keep)) {
      const value =
        element === "etag" ? String(answer.headers.etag) : new RegExp(`<${element}>(.*?)</`).exec(answer.body)?.[1];
      kept.set(variable, value ?? "missing");
    }
    if (findings.has(name)) throw new Error(`two probes are called ${name}`);
    findings.set(name, describe(request.method ?? "GET", answer, kept));
  }
  return findings;
}

function describe(method: string, answer: RawAnswer, kept: ReadonlyMap<string, string>): Finding {
  const headers: Record<string, string> = {};
  const isXml = answer.body.startsWith("<?xml");
  const isData = (method === "GET" || method === "HEAD") && answer.status < 300;
  for (const name of COMPARED_HEADERS) {
    const value = answer.headers[name];
    if (value !== undefined && (UNTOLD.has(name) ? isData && !isXml : true)) headers[name] = String(value);
  }
  const body = answer.status >= 300 ? [] : isXml ? flatten(answer.body) : [answer.body.slice(0, 200)];
  return {
    status: answer.status,
    code: answer.code,
    headers,
    body: [...new Set(body.filter((line) => !UNTOLD_LINE.test(line)).map((line) => mask(line, kept)))].sort(),
  };
}

function mask(line: string, kept: ReadonlyMap<string, string>): string {
  // Quotes round an ETag and slashes in an encoded name are read alike by every client.
  let masked = line
    .replace(/(ETag=)"(.*)"$/, "$1$2")
    .replaceAll("%2F", "/")
    .replace(/(ContinuationToken)=.*/, "$1=<token>")
    .replace(/(Location)=.*/, "$1=<location>");
  masked = masked
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, "<date>")
    .replace(/((?:Owner|Initiator|Grantee)\/(?:ID|DisplayName))=.*/, "$1=<owner>");
  for (const [name, value] of kept) masked = masked.replaceAll(value.replaceAll(/"|&quot;/g, ""), `<${name}>`);
  return masked;
}

/** Elements with text as `a/b=text`. */
function flatten(xml: string): string[] {
  const lines: string[] = [];
  const path: string[] = [];
  for (const [, close, name, selfClosed, text] of xml.matchAll(/<(\/?)([A-Za-z][\w]*)[^>]*?(\/?)>([^<]*)/g)) {
    if (close) {
      path.pop();
      continue;
    }
    path.push(name ?? "");
    if ((text ?? "").trim() !== "") lines.push(`${path.join("/")}=${(text ?? "").replaceAll("&quot;", '"')}`);
    if (path.length === 1) lines.push(`<${name}>`);
    if (selfClosed) path.pop();
  }
  return lines;
}

/** What of `reference` is not in `ours`, each as one line; what ours says beyond it is no difference. */
export function compare(reference: Finding, ours: Finding): string[] {
  const differences: string[] = [];
  if (reference.status !== ours.status) differences.push(`status ${ours.status} instead of ${reference.status}`);
  if (reference.code !== ours.code) differences.push(`code ${ours.code} instead of ${reference.code}`);
  for (const [name, value] of Object.entries(reference.headers)) {
    if (ours.headers[name] !== value) differences.push(`${name}: ${ours.headers[name]} instead of ${value}`);
  }
  for (const line of reference.body) if (!ours.body.includes(line)) differences.push(`missing ${line}`);
  return differences;
}
