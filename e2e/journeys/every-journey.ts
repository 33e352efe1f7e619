import type { Test } from "../fixtures/test";
import { testDateWithoutSwitch } from "./date-without-switch";
import { testRefusedActions } from "./refused-actions";
import { testSecretShownOnce } from "./secret-shown-once";
import { testSupport } from "./support";
import { testTwoPeople } from "./two-people";

/** The journeys that every kind of region must pass. On the built-in regions each of them is in another spec. */
export function testEveryJourney(test: Test, region: string): void {
  test.describe(`people in ${region}`, () => {
    testTwoPeople(test, region);
    testSecretShownOnce(test, region);
    testSupport(test, region);
    testRefusedActions(test, region);
    testDateWithoutSwitch(test, region);
  });
}
