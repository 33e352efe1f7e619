import type { Test } from "../fixtures/test";
import { testRefusedActions } from "./refused-actions";
import { testSecretShownOnce } from "./secret-shown-once";
import { testSupport } from "./support";
import { testTwoPeople } from "./two-people";

/** What people do in a region, whatever stands behind it. On the built-in regions each is in a spec of its noun. */
export function testEveryJourney(test: Test, region: string): void {
  test.describe(`people in ${region}`, () => {
    testTwoPeople(test, region);
    testSecretShownOnce(test, region);
    testSupport(test, region);
    testRefusedActions(test, region);
  });
}
