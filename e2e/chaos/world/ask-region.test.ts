import { afterAll, beforeAll, expect, test } from "vitest";
import { createBackend, type ExampleGateway, KEY, startExampleGateway, WITNESS } from "../checks/example-run";
import { askRegion } from "./ask-region";

let gateway: ExampleGateway;
beforeAll(async () => {
  gateway = await startExampleGateway();
});
afterAll(() => gateway.close());

test("a gateway that refuses every key because Keystone is down has refused none", async () => {
  const ask = () => askRegion({ ...createBackend(gateway), witness: WITNESS }, gateway.url, KEY);
  gateway.status = 403;
  for (const status of [403, 503]) {
    gateway.witnessStatus = status;
    expect(await ask()).toBe("no-answer");
  }
  gateway.witnessStatus = 200;
  expect(await ask()).toBe("refused");
  gateway.status = 200;
  gateway.witnessStatus = undefined;
  expect(await ask()).toBe("accepted");
});
