import ts from "typescript";

/** A named function of a file, or the callback that a call gets. */
export interface Code {
  file: string;
  node: ts.Node;
}

/** The functions of some source files, by name, and which of them a piece of code may call. */
export interface CallGraph {
  files: ReadonlyMap<string, ts.SourceFile>;
  /** The function that a name stands for in a file: of the file itself, or imported. Undefined for all else. */
  resolve: (file: string, name: string) => Code | undefined;
}

/**
 * Reads source texts by path. Imports of the form `@/lib/x/y` are followed. Nothing is type-checked, so a function is known
 * by its name only: a parameter that is called leads nowhere.
 */
export function composeCallGraph(sources: ReadonlyMap<string, string>): CallGraph {
  const files = new Map(
    [...sources].map(([path, text]) => [path, ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)]),
  );
  const functions = new Map([...files].map(([path, file]) => [path, listFunctions(file)]));
  const imports = new Map([...files].map(([path, file]) => [path, listImports(file)]));
  const resolve = (path: string, name: string): Code | undefined => {
    const own = functions.get(path)?.get(name);
    if (own) return { file: path, node: own };
    const imported = imports.get(path)?.get(name);
    const node = imported && functions.get(imported.file)?.get(imported.name);
    return node && { file: imported.file, node };
  };
  return { files, resolve };
}

function listFunctions(file: ts.SourceFile): Map<string, ts.Node> {
  const found = new Map<string, ts.Node>();
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name) found.set(statement.name.text, statement);
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations)
      if (ts.isIdentifier(name) && initializer && ts.isArrowFunction(initializer)) found.set(name.text, initializer);
  }
  return found;
}

function listImports(file: ts.SourceFile): Map<string, { file: string; name: string }> {
  const found = new Map<string, { file: string; name: string }>();
  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const { text } = statement.moduleSpecifier;
    const bindings = statement.importClause?.namedBindings;
    if (!text.startsWith("@/") || !bindings || !ts.isNamedImports(bindings)) continue;
    for (const { name, propertyName } of bindings.elements)
      found.set(name.text, { file: `${text.slice(2)}.ts`, name: (propertyName ?? name).text });
  }
  return found;
}
