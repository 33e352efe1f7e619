import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findRoot } from "@/lib/platform/config/find-root";
import { listProviderForms, type ProviderForm } from "@/lib/providers/registry";

const PAGE = join(findRoot(), "docs/regions.md");

/** Of each provider a list of its fields, as the form has them. */
function describeForm({ kind, title, settings, credentials }: ProviderForm): string {
  const lines = [...settings, ...credentials].map(
    ({ name, label, help, required, default: preset }) =>
      `- \`${name}\` (${required ? "required" : (preset ?? "optional")}), **${label}**: ${help}`,
  );
  return `## ${title}: \`${kind}\`\n\n${lines.join("\n")}\n`;
}

/** Without line breaks, and without what Prettier puts before a sign of Markdown. */
const unwrap = (text: string): string => text.replaceAll(/\s+/g, " ").replaceAll(/\\(?=[*_<>])/g, "");

test("docs/regions.md has the fields of every provider, as the form explains them", () => {
  const page = unwrap(readFileSync(PAGE, "utf8"));
  for (const form of listProviderForms()) expect(page).toContain(unwrap(describeForm(form)));
});
