import { test } from "./fixtures/test";
import { testSecretShownOnce } from "./journeys/secret-shown-once";

testSecretShownOnce(test, "south");
