const { options } = require("../.dependency-cruiser.cjs");

/**
 * No cycles between folders. Tests and the conformance suite are left out: they use testing/, which uses the product.
 */
module.exports = {
  forbidden: [
    {
      name: "no-folder-cycles",
      comment: "A folder that needs another one is not needed by that one.",
      severity: "error",
      scope: "folder",
      from: {},
      to: { circular: true },
    },
  ],
  options: { ...options, exclude: { path: "(\\.(test|spec)\\.tsx?$|^lib/providers/conformance|^testing/|^e2e/)" } },
};
