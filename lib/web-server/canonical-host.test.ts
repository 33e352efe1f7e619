import { expect, test } from "vitest";
import { findCanonicalUrl } from "@/lib/web-server/canonical-host";

const loopback = "http://127.0.0.1:3000";
const page = { method: "GET", url: "/projects?x=1", host: "localhost:3000", accept: "text/html,*/*" };

test.each([
  ["localhost", page, loopback, "http://127.0.0.1:3000/projects?x=1"],
  ["[::1]", { ...page, host: "[::1]:3000" }, loopback, "http://127.0.0.1:3000/projects?x=1"],
  [
    "127.0.0.1 when the portal is localhost",
    { ...page, host: "127.0.0.1:3000" },
    "http://localhost:3000",
    "http://localhost:3000/projects?x=1",
  ],
  ["already canonical", { ...page, host: "127.0.0.1:3000" }, loopback, undefined],
  ["a name that is not a loopback name", { ...page, host: "portal.example" }, loopback, undefined],
  ["a public portal", page, "https://portal.example", undefined],
  ["a post", { ...page, method: "POST" }, loopback, undefined],
  ["a route of the API", { ...page, url: "/api/health" }, loopback, undefined],
  ["a file of the build", { ...page, url: "/_next/static/x.js" }, loopback, undefined],
  ["not a browser's page", { ...page, accept: "*/*" }, loopback, undefined],
  ["no host", { ...page, host: undefined }, loopback, undefined],
  [
    "a path that looks like a host",
    { ...page, url: "//evil.example/" },
    loopback,
    "http://127.0.0.1:3000//evil.example/",
  ],
])("%s", (_case, request, publicUrl, expected) => {
  expect(findCanonicalUrl(request, new URL(publicUrl))).toBe(expected);
});
