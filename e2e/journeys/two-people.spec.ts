import { test } from "../fixtures/test";
import { testTwoPeople } from "./two-people";

testTwoPeople(test, "south");
