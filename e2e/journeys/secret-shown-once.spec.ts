import { test } from "../fixtures/test";
import { testSecretShownOnce } from "./secret-shown-once";

testSecretShownOnce(test, "south");
