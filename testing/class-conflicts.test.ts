import { readdirSync, readFileSync } from "node:fs";
import { twMerge } from "tailwind-merge";
import ts from "typescript";
import { expect, test } from "vitest";

const FILES = ["app", "components"]
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith(".tsx") || file === "components/ui/button-classes.ts");
const sources = FILES.map((file) =>
  ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true),
);

/** Every text in a piece of code that may be a list of classes. */
function listTexts(node: ts.Node): string[] {
  const texts: string[] = [];
  const visit = (part: ts.Node) => {
    if (ts.isImportDeclaration(part)) return;
    if (ts.isStringLiteralLike(part)) texts.push(part.text);
    ts.forEachChild(part, visit);
  };
  visit(node);
  return texts;
}

/** Every element of one of the components of `components/ui`, with the classes that it gets. */
function listUses(source: ts.SourceFile): { component: string; classes: string[] }[] {
  const uses: { component: string; classes: string[] }[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isJsxAttribute(node) && node.name.getText() === "className" && node.initializer)
      uses.push({ component: node.parent.parent.tagName.getText(), classes: listTexts(node.initializer) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return uses;
}

/** The classes that a component of `components/ui` has itself: the texts of its `cn()`, and the constants in it. */
function readOwnClasses(): Map<string, string[]> {
  const own = new Map<string, string[]>();
  for (const source of sources.filter(({ fileName }) => fileName.startsWith("components/ui/"))) {
    const constants = new Map<string, string[]>();
    ts.forEachChild(source, (node) => {
      if (!ts.isVariableStatement(node)) return;
      for (const { name, initializer } of node.declarationList.declarations)
        if (initializer) constants.set(name.getText(), listTexts(initializer));
    });
    ts.forEachChild(source, (node) => {
      if (!ts.isFunctionDeclaration(node) || !node.name) return;
      const classes: string[] = [];
      const visit = (part: ts.Node) => {
        if (ts.isCallExpression(part) && part.expression.getText() === "cn") {
          classes.push(...listTexts(part));
          for (const [name, texts] of constants)
            if (new RegExp(`\\b${name}\\b`).test(part.getText())) classes.push(...texts);
        }
        ts.forEachChild(part, visit);
      };
      visit(node);
      own.set(node.name.text, classes);
    });
  }
  own.set("Button", own.get("composeButtonClasses") ?? []);
  return own;
}

const conflict = (own: string, added: string): boolean => twMerge(own, added) !== `${own} ${added}`;

test("no component gets a class for a property that a class of its own sets", () => {
  const own = readOwnClasses();
  const conflicts = sources.flatMap((source) =>
    listUses(source).flatMap(({ component, classes }) =>
      classes.flatMap((added) =>
        (own.get(component) ?? [])
          .filter((base) => base.trim() !== "" && conflict(base, added))
          .map((base) => `${source.fileName}: <${component} className="${added}"> and "${base}"`),
      ),
    ),
  );
  expect(own.get("Button")?.length).toBeGreaterThan(8);
  expect(own.get("Input")?.length).toBeGreaterThan(1);
  expect(conflicts).toEqual([]);
});

test("the classes that a cn() joins are for different properties", () => {
  const conflicts = sources.flatMap((source) => {
    const found: string[] = [];
    const visit = (node: ts.Node) => {
      if (ts.isCallExpression(node) && node.expression.getText() === "cn") {
        const texts = node.arguments.flatMap((argument) => (ts.isStringLiteralLike(argument) ? [argument.text] : []));
        const all = texts.join(" ");
        if (twMerge(all) !== all) found.push(`${source.fileName}: ${all}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  });
  expect(conflicts).toEqual([]);
});
