import { randomUUID } from "node:crypto";
import { inject } from "vitest";
import { planTestDatabase } from "@/testing/database/test-database";

// Runs before each test file: a complete environment, and the URL of a database that exists once the file has
// called startTestDatabase(). Files that do not call it cost nothing.
const cluster = inject("testCluster");
process.env.LATCHKEY_TEST_CLUSTER = JSON.stringify(cluster);
process.env.DATABASE_URL = planTestDatabase(cluster, `test_${randomUUID().replaceAll("-", "")}`);
Object.assign(process.env, inject("testSettings"));
