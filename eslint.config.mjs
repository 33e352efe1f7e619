import js from "@eslint/js";
import next from "@next/eslint-plugin-next";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

/** The only places where a secret may be turned into text: drivers, the probe signer, what delivers a pair, and what hashes passwords. */
const MAY_REVEAL = [
  "lib/providers/**",
  "lib/access-keys/actions.ts",
  "lib/api/access-keys.ts",
  "lib/api/tokens.ts",
  "lib/api/openstack/ec2-credentials.ts",
  "lib/api/admin-users.ts",
  "lib/own-tokens/actions.ts",
  "lib/managed-users/actions.ts",
  "lib/set-up-links/mutations.ts",
  "lib/users/mutations.ts",
  "lib/regions/mutations.ts",
  "lib/regions/administration/compose-input.ts",
  "lib/regions/administration/resume-rotation.ts",
  "lib/regions/administration/rotate-credentials.ts",
  "lib/regions/file/apply-regions-file.ts",
  "lib/admin/**",
  "lib/builtin-s3/**",
  "lib/supervisor/**",
  "prisma/first-run.ts",
  "**/*.test.ts",
  "e2e/**",
  "testing/**",
];
/** The only places that read the environment; everything else takes `env`. */
const MAY_READ_ENVIRONMENT = [
  "lib/platform/config/build.ts",
  "lib/platform/env.ts",
  "lib/cli/terminal/terminal.ts",
  "lib/platform/logger.ts",
  "lib/supervisor/**",
  "lib/postgres/**",
  "lib/web-server/main.ts",
  "lib/platform/process-lock.ts",
  "lib/platform/config/find-root.ts",
  "lib/platform/config/stored-secrets.ts",
  "lib/regions/file/read-regions-file.ts",
  "testing/**",
  "lib/builtin-s3/config.ts",
  "lib/builtin-s3/lock.ts",
  "bin/**",
  "e2e/**",
  "*.ts",
  "*.mts",
  "*.mjs",
  "**/*.test.ts",
];

const REVEAL = {
  selector: "CallExpression[callee.property.name='reveal']",
  message: "A secret is turned into text only where eslint.config.mjs allows it.",
};
/** One connection runs one statement at a time: https://node-postgres.com/features/queries. */
const PARALLEL_STATEMENTS = {
  selector:
    "CallExpression[callee.name='withTransaction'] CallExpression[callee.object.name='Promise'][callee.property.name=/^(all|allSettled|any|race)$/]",
  message: "The statements of a transaction run one after another.",
};
/** An assertion that does not always run proves nothing. A top-level `if` may still choose which tests there are. */
const CONDITIONAL_ASSERTIONS = [
  "IfStatement",
  "ConditionalExpression",
  "LogicalExpression",
  "SwitchCase",
  "CatchClause",
].map((condition) => ({
  selector: `:function ${condition} CallExpression[callee.name='expect']`,
  message: "An assertion must run in every run of its test.",
}));
const ENVIRONMENT = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: "Settings come from lib/platform/env.ts.",
};

export default ts.config(
  {
    ignores: [
      "node_modules/",
      ".next/",
      "dist/",
      ".data/",
      ".data-dev/",
      "prisma/generated/",
      "next-env.d.ts",
      "test-results/",
    ],
  },
  js.configs.recommended,
  ts.configs.recommended,
  {
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    linterOptions: { reportUnusedDisableDirectives: "error", noInlineConfig: true },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-restricted-syntax": ["error", REVEAL, ENVIRONMENT, PARALLEL_STATEMENTS],
    },
  },
  { files: MAY_REVEAL, rules: { "no-restricted-syntax": ["error", ENVIRONMENT, PARALLEL_STATEMENTS] } },
  { files: MAY_READ_ENVIRONMENT, rules: { "no-restricted-syntax": ["error", REVEAL, PARALLEL_STATEMENTS] } },
  {
    files: MAY_READ_ENVIRONMENT.filter((place) => MAY_REVEAL.includes(place)).concat(
      "lib/builtin-s3/config.ts",
      "lib/builtin-s3/lock.ts",
      "lib/regions/file/read-regions-file.ts",
    ),
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["**/*.test.ts", "**/*.spec.ts", "e2e/journeys/**"],
    rules: { "no-restricted-syntax": ["error", ...CONDITIONAL_ASSERTIONS] },
  },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  // Playwright finds out which fixtures a fixture needs from the pattern of its first argument, also from an empty one.
  { files: ["e2e/**", "testing/**"], rules: { "no-empty-pattern": "off" } },
  {
    files: ["app/**", "components/**"],
    plugins: { "@next/next": next, "react-hooks": hooks },
    rules: {
      ...next.configs.recommended.rules,
      ...next.configs["core-web-vitals"].rules,
      ...hooks.configs.recommended.rules,
    },
  },
);
