import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { findFileProblem } from "@/lib/supervisor/find-file-problem";

test.each([
  ["a file that is not there", "/nowhere/ca.pem", "NODE_EXTRA_CA_CERTS: /nowhere/ca.pem does not exist"],
  ["a folder", tmpdir(), `NODE_EXTRA_CA_CERTS: ${tmpdir()} is not a file`],
  [
    "a path through a file",
    `${process.execPath}/ca.pem`,
    `NODE_EXTRA_CA_CERTS: ${process.execPath}/ca.pem cannot be read (ENOTDIR)`,
  ],
  ["a file", process.execPath, undefined],
  ["an empty setting", "", undefined],
  ["no setting", undefined, undefined],
])("%s", (_case, path, problem) => {
  expect(findFileProblem({ LATCHKEY_REGIONS: undefined, NODE_EXTRA_CA_CERTS: path })).toBe(problem);
});
