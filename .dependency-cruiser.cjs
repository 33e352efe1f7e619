const { readdirSync } = require("node:fs");
const { join } = require("node:path");

/**
 * The import rules: app → components → lib/<noun> → gate → audit → platform, with providers → platform beside it.
 * `npm test` checks them. The rule about cycles between folders is in .dependency-cruiser-folders.cjs.
 */

/** The folders of lib that are not a noun. */
const OTHERS = [
  ...["platform", "audit", "gate", "jobs", "worker", "providers", "builtin-s3"],
  ...["admin", "api", "cli", "postgres", "supervisor", "web-server"],
];
const NOUNS = readdirSync(join(__dirname, "lib"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !OTHERS.includes(entry.name))
  .map(({ name }) => name)
  .join("|");
const noun = `^lib/(${NOUNS})/`;

const forbid = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
  forbidden: [
    forbid("no-cycles", "A cycle has no order.", {}, { circular: true }),
    forbid("no-orphans-of-types", "What cannot be resolved cannot be checked.", {}, { couldNotResolve: true }),
    forbid(
      "platform-knows-nothing",
      "It would exist in any app.",
      { path: "^lib/platform/", pathNot: "\\.test\\.ts$" },
      {
        path: "^(lib/(?!platform/)|app/|components/|e2e/|testing/)",
      },
    ),
    forbid(
      "audit-knows-platform",
      "",
      { path: "^lib/audit/" },
      { path: "^(lib/(?!platform/|audit/)|app/|components/)" },
    ),
    forbid(
      "providers-know-no-prisma-next-noun",
      "They run in any process.",
      { path: "^lib/providers/", pathNot: "(\\.test\\.ts$|/conformance/)" },
      {
        path: "^(lib/(?!platform/|providers/)|app/|components/|prisma/|node_modules/(next|@prisma)/)",
      },
    ),
    forbid(
      "builtin-s3-stands-alone",
      "It is another product that comes along.",
      { path: "^lib/builtin-s3/" },
      {
        path: "^(lib/(?!platform/|builtin-s3/)|app/|components/|prisma/)",
      },
    ),
    forbid(
      "only-the-driver-test-starts-the-server",
      "The driver speaks HTTP like any other.",
      { path: "^lib/(?!builtin-s3/)", pathNot: "\\.test\\.ts$" },
      {
        path: "^lib/builtin-s3/",
      },
    ),
    forbid(
      "gate-knows-no-project-noun",
      "Sessions and tokens are its own nouns.",
      { path: "^lib/gate/", pathNot: "\\.test\\.ts$" },
      {
        path: `^(lib/(?!platform/|audit/|gate/|sessions/|api-tokens/)|app/|components/)`,
      },
    ),
    forbid("jobs-know-platform", "", { path: "^lib/jobs/" }, { path: "^(lib/(?!platform/|jobs/)|app/|components/)" }),
    forbid(
      "nouns-know-no-transport",
      "The worker and the command line run them too.",
      { path: noun },
      {
        path: "^(app/|components/|lib/(worker|admin|cli|supervisor|web-server|api)/)",
      },
    ),
    forbid(
      "no-next-in-mutations",
      "They run outside a request.",
      { path: noun, pathNot: "/(actions|loaders)(\\.ts$|/)|\\.test\\.ts$" },
      {
        path: "^node_modules/next/",
      },
    ),
    forbid(
      "rules-are-pure",
      "No database, no network.",
      { path: `${noun}rules\\.ts$` },
      {
        path: "^(prisma/|lib/(gate|jobs|providers)/|lib/platform/(db/|env|logger))",
        dependencyTypesNot: ["type-only"],
      },
    ),
    forbid(
      "components-reach-actions-schema-rules",
      "Everything else is the server's.",
      { path: "^components/" },
      {
        path: `^(app/|prisma/|lib/(?!(${NOUNS})/(actions|schema|rules)\\.ts$|gate/permissions\\.ts$|platform/text/))`,
      },
    ),
    forbid(
      "app-loads-and-composes",
      "Pages do not query.",
      { path: "^app/" },
      {
        path: `^(prisma/|lib/(jobs|worker|providers|builtin-s3|supervisor|postgres|admin|cli)/|${noun.slice(1)}(?!(actions|loaders|schema|rules)(\\.ts$|/)))`,
      },
    ),
    forbid("nobody-imports-the-worker", "", { path: "^(?!lib/worker/)" }, { path: "^lib/worker/" }),
    forbid(
      "only-the-web-server-serves-the-api",
      "The command line knows the types of its replies.",
      { path: "^(?!lib/(api|web-server)/)", pathNot: "^lib/cli/portal/replies\\.ts$|^lib/cli/.*\\.test\\.ts$" },
      { path: "^lib/api/" },
    ),
    forbid(
      "the-command-line-runs-anywhere",
      "It is one small file that speaks HTTP.",
      { path: "^lib/cli/", pathNot: "\\.test\\.ts$" },
      {
        path: `^(app/|components/|prisma/|lib/(?!cli/|clients/|platform/(config/(version|write-private-file)|process-lock|crypto/sign|text/)|(${NOUNS})/rules\\.ts$)|node_modules/(?!commander/|@smithy/|@types/node/))`,
        dependencyTypesNot: ["type-only"],
      },
    ),
    forbid("e2e-imports-no-lib", "It stands outside.", { path: "^e2e/" }, { path: "^(lib|app|components)/" }),
    forbid(
      "postgres-knows-platform",
      "The supervisor starts it, not the other way round.",
      { path: "^lib/postgres/", pathNot: "\\.test\\.ts$" },
      { path: "^(lib/(?!platform/|postgres/)|app/|components/|e2e/|testing/)" },
    ),
    forbid(
      "nothing-that-ships-imports-tests",
      "Test tools are a floor of their own.",
      { path: "^(app|components|lib|prisma)/", pathNot: "(\\.test\\.tsx?$|/conformance/)" },
      { path: "^(testing|e2e)/" },
    ),
    forbid(
      "testing-knows-no-e2e",
      "Both kinds of tests use it.",
      { path: "^testing/" },
      { path: "^(e2e|app|components)/" },
    ),
    forbid("no-test-imports", "", { pathNot: "\\.(test|spec)\\.tsx?$" }, { path: "\\.(test|spec)\\.tsx?$" }),
  ],
  options: {
    doNotFollow: { path: ["node_modules", "prisma/generated"] },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mts", ".mjs", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
