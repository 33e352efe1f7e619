import { randomUUID } from "node:crypto";
import { inject } from "vitest";

// Runs before each test file: a complete environment, and the URL of a database that exists once the file has
// called startTestDatabase(). Every file pays for what is imported here, so that nothing of the database is.
const cluster = inject("testCluster");
process.env.LATCHKEY_TEST_CLUSTER = JSON.stringify(cluster);
process.env.DATABASE_URL = `${cluster.urlPrefix}test_${randomUUID().replaceAll("-", "")}`;
Object.assign(process.env, inject("testSettings"));
