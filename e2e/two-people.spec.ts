import { test } from "./fixtures/test";
import { testTwoPeople } from "./journeys/two-people";

testTwoPeople(test, "south");
