import { format } from "prettier";
import type { z } from "zod";
import { SETTINGS } from "@/lib/platform/config/settings";

interface SettingEntry {
  name: string;
  /** The schema's default as text; undefined where it has none or an empty one. */
  value: string | undefined;
  /** What holds when the setting is left out. Markdown. */
  leftOut: string;
  /** Markdown. */
  description: string;
}

/** Every setting as its schema tells it. Throws when a setting does not say what it means. */
export function listSettings(): SettingEntry[] {
  return Object.entries<z.ZodType>(SETTINGS).map(([name, schema]) => {
    const { description, leftOut } = schema.meta() ?? {};
    const given = schema.safeParse(undefined);
    const value = given.success && given.data !== "" ? String(given.data) : undefined;
    const otherwise = value === undefined ? leftOut : `\`${value}\``;
    if (typeof description !== "string" || typeof otherwise !== "string")
      throw new Error(`the schema of ${name} does not say what it means or what holds without it`);
    return { name, value, leftOut: otherwise, description };
  });
}

/** The page with the table of the schema between its two marks. */
export async function renderSettingsPage(page: string): Promise<string> {
  const rows = listSettings().map(({ name, leftOut, description }) => `| \`${name}\` | ${leftOut} | ${description} |`);
  const table = ["| variable | default | meaning |", "| --- | --- | --- |", ...rows].join("\n");
  const filled = page.replace(
    /(<!-- settings -->\n).*?(\n<!-- \/settings -->)/s,
    (_all, open: string, close: string) => `${open}\n${table}\n${close}`,
  );
  return format(filled, { parser: "markdown", printWidth: 120 });
}

const EXAMPLE_HEAD = `# Every setting of Latchkey. docs/settings.md says more. This file is made from the settings' schema.
# Copy it to latchkey.env, set what you need, and start with: node --env-file=latchkey.env bin/up.mjs
# Do not call the copy .env: Next.js would read it into the web process by itself.
`;

/** An example file with every setting as a comment, at its default where it has one. */
export function renderEnvExample(): string {
  const entries = listSettings().map(({ name, value, leftOut, description }) => {
    const without = value === undefined ? `# Without it: ${toSentence(leftOut)}\n` : "";
    return `\n# ${toSentence(description)}\n${without}# ${name}=${value ?? ""}\n`;
  });
  return EXAMPLE_HEAD + entries.join("");
}

/** Markdown as a sentence without marks and links. */
function toSentence(markdown: string): string {
  const text = markdown.replaceAll("`", "").replace(/\[([^\]]+)\]\([^)]+\)/g, "$1");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
