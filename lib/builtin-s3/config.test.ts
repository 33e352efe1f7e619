import { expect, test } from "vitest";
import { readConfig } from "./config";

const KEY = Buffer.alloc(32, 7).toString("base64");
const ENVIRONMENT = {
  NODE_ENV: "test" as const,
  LATCHKEY_DATA_DIR: "/nowhere",
  LATCHKEY_S3_REGIONS: '[{"name":"north","port":9000,"signingRegion":"north-1"}]',
  S3_ADMIN_PORT: "9002",
  LATCHKEY_S3_ADMIN_TOKEN: "a-token-of-enough-length",
};

test("one master key is needed: none, two and a short one are refused by the variable's name", () => {
  expect(readConfig({ ...ENVIRONMENT, LATCHKEY_MASTER_KEY: KEY }).masterKey).toEqual(Buffer.alloc(32, 7));
  const refused = "settings of the built-in S3 server: LATCHKEY_MASTER_KEY: must be 32 bytes in base64";
  for (const key of ["", ",", `${KEY},${KEY}`, "c2hvcnQ="]) {
    expect(() => readConfig({ ...ENVIRONMENT, LATCHKEY_MASTER_KEY: key }), key).toThrow(refused);
  }
});
