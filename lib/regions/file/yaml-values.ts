import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from "yaml";

/** A problem in a file and its line. `text` never quotes the file, which may hold a secret. */
export interface Problem {
  line: number;
  text: string;
}

/** A file's content as plain values, and the line of each value. */
export interface YamlValues {
  value: unknown;
  /** The line of the value at a path, or of the nearest existing value above the path. Counts from 1. */
  lineOf: (path: readonly PropertyKey[]) => number;
  /**
   * Whether the value at a path is one reference to a variable and no other text, which could be a part of a secret.
   */
  isReference: (path: readonly PropertyKey[]) => boolean;
  problems: Problem[];
}

/** A region's settings are the map with the most fields. No driver has a tenth of this number. */
const FIELDS_MAX = 200;

type Path = readonly (string | number)[];

/** Our messages for syntax errors, because the parser's messages quote the file. */
const SYNTAX: Partial<Record<YAMLError["code"], string>> = {
  TAB_AS_INDENT: "indent with spaces and not with a tab",
  MULTIPLE_DOCS: "a second document is not allowed",
};

/**
 * Reads YAML 1.2 and replaces each `${NAME}` with the value of the environment variable. `$${` means a literal `${`.
 * Tags, anchors and aliases are problems. Never throws: `problems` lists every problem.
 */
export function readYamlValues(text: string, environment: Readonly<Record<string, string | undefined>>): YamlValues {
  const counter = new LineCounter();
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const lines = new Map<string, number>();
  const references = new Set<string>();
  const problems: Problem[] = [];
  const refuse = (line: number, why: string) => void problems.push({ line, text: why });

  const read = (node: unknown, path: Path): unknown => {
    if (node === null || node === undefined) return undefined;
    const { range, tag, anchor } = node as Node & { anchor?: string };
    const line = lineAt(range?.[0] ?? 0);
    lines.set(toKey(path), line);
    if (tag !== undefined || anchor !== undefined) refuse(line, "a tag or an anchor is not allowed");
    if (isMap(node)) {
      if (node.items.length > FIELDS_MAX) return void refuse(line, `more than ${FIELDS_MAX} fields are not allowed`);
      const names = new Set<string>();
      return Object.fromEntries(node.items.flatMap((item) => readField(item, path, names)));
    }
    if (isSeq(node)) return node.items.map((item, index) => read(item, [...path, index]));
    if (!isScalar(node)) return void refuse(line, "an alias is not allowed");
    return typeof node.value === "string" ? substitute(node.value, line, path) : (node.value ?? undefined);
  };
  const readField = (item: unknown, path: Path, names: Set<string>): [string, unknown][] => {
    if (!isPair(item) || !isScalar(item.key) || typeof item.key.value !== "string") {
      refuse(
        lineAt((isPair(item) && (item.key as Node | null)?.range?.[0]) || 0),
        "the name of a field must be a text",
      );
      return [];
    }
    const { value: name, range } = item.key;
    if (names.has(name)) refuse(lineAt(range?.[0] ?? 0), "the field appears twice");
    names.add(name);
    const value = read(item.value, [...path, name]);
    // The line of a field is the line of its name: the value may begin on a later line.
    lines.set(toKey([...path, name]), lineAt(range?.[0] ?? 0));
    return [[name, value]];
  };
  const substitute = (value: string, line: number, path: Path): string =>
    value.replace(/\$\$\{|\$\{([^}]*)\}?/g, (whole, name: string | undefined) => {
      if (name === undefined) return "${";
      if (whole === value) references.add(toKey(path));
      if (!whole.endsWith("}") || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        refuse(line, "write ${NAME} for a variable, and $${ for a dollar sign and a brace");
      } else if (!environment[name]) {
        refuse(line, `the variable ${name} is not set`);
      }
      return environment[name] ?? "";
    });

  const value = parse(text, counter, refuse, (contents) => read(contents, []));
  return {
    value,
    lineOf: (path) => {
      for (let length = path.length; length > 0; length -= 1) {
        const line = lines.get(toKey(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return 1;
    },
    isReference: (path) => references.has(toKey(path)),
    problems,
  };
}

function parse(
  text: string,
  counter: LineCounter,
  refuse: (line: number, why: string) => void,
  read: (contents: unknown) => unknown,
): unknown {
  try {
    // `uniqueKeys` compares each field with all fields before it, which takes minutes for a file of maximum length.
    // `readField` finds repeated fields instead.
    const options = {
      prettyErrors: false,
      schema: "core",
      logLevel: "error",
      merge: false,
      uniqueKeys: false,
    } as const;
    const document = parseDocument(text, { lineCounter: counter, ...options });
    for (const { code, pos } of [...document.errors, ...document.warnings]) {
      refuse(counter.linePos(pos[0]).line, SYNTAX[code] ?? `the syntax is not valid YAML (${code})`);
    }
    return document.errors.length > 0 ? undefined : read(document.contents);
  } catch {
    // The parser calls itself for each level, so a deeply nested file overflows the stack.
    return void refuse(1, "the file cannot be read as YAML");
  }
}

function toKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}
