import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from "yaml";

/** What is wrong in a file, and where. Never quotes what stands there: it may be a secret. */
export interface Problem {
  line: number;
  text: string;
}

/** A file's content as plain values, with the line of each by its path. */
export interface YamlValues {
  value: unknown;
  /** The line of what a path leads to, or of the nearest thing above it that is there. */
  lineOf: (path: readonly PropertyKey[]) => number;
  /** Whether a reference to a variable stands there, and nothing else: beside one, a part of a secret could. */
  isReference: (path: readonly PropertyKey[]) => boolean;
  problems: Problem[];
}

/** The widest map is that of a region's settings; no driver has a tenth of it. */
const FIELDS_MAX = 200;

type Path = readonly (string | number)[];

/** The parser's own messages quote the file. */
const SYNTAX: Partial<Record<YAMLError["code"], string>> = {
  TAB_AS_INDENT: "a tab where spaces must indent",
  MULTIPLE_DOCS: "a second document; one file is one document",
};

/**
 * Reads YAML 1.2 and puts variables' values in place of `${NAME}`; `$${` stands for `${`. Anchors and tags are refused.
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
    if (tag !== undefined || anchor !== undefined) refuse(line, "a tag or an anchor, which are not read here");
    if (isMap(node)) {
      if (node.items.length > FIELDS_MAX) return void refuse(line, `more than ${FIELDS_MAX} fields`);
      const names = new Set<string>();
      return Object.fromEntries(node.items.flatMap((item) => readField(item, path, names)));
    }
    if (isSeq(node)) return node.items.map((item, index) => read(item, [...path, index]));
    if (!isScalar(node)) return void refuse(line, "an alias, which is not read here");
    return typeof node.value === "string" ? substitute(node.value, line, path) : (node.value ?? undefined);
  };
  const readField = (item: unknown, path: Path, names: Set<string>): [string, unknown][] => {
    if (!isPair(item) || !isScalar(item.key) || typeof item.key.value !== "string") {
      refuse(lineAt((isPair(item) && (item.key as Node | null)?.range?.[0]) || 0), "a field whose name is no text");
      return [];
    }
    const { value: name, range } = item.key;
    if (names.has(name)) refuse(lineAt(range?.[0] ?? 0), "a field that is there already");
    names.add(name);
    const value = read(item.value, [...path, name]);
    // A field's line is that of its name: a value may begin below.
    lines.set(toKey([...path, name]), lineAt(range?.[0] ?? 0));
    return [[name, value]];
  };
  const substitute = (value: string, line: number, path: Path): string =>
    value.replace(/\$\$\{|\$\{([^}]*)\}?/g, (whole, name: string | undefined) => {
      if (name === undefined) return "${";
      if (whole === value) references.add(toKey(path));
      if (!whole.endsWith("}") || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        refuse(line, "${ begins a reference to a variable and wants ${NAME}; a dollar and a brace are written $${");
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
    // Its own search for a field that is there twice compares each with all before it: minutes for a file of full
    // length.
    const options = {
      prettyErrors: false,
      schema: "core",
      logLevel: "error",
      merge: false,
      uniqueKeys: false,
    } as const;
    const document = parseDocument(text, { lineCounter: counter, ...options });
    for (const { code, pos } of [...document.errors, ...document.warnings]) {
      refuse(counter.linePos(pos[0]).line, SYNTAX[code] ?? `what is no YAML (${code})`);
    }
    return document.errors.length > 0 ? undefined : read(document.contents);
  } catch {
    // Nested without end: the parser calls itself for each level.
    return void refuse(1, "what cannot be read as YAML");
  }
}

function toKey(path: readonly PropertyKey[]): string {
  return JSON.stringify(path.map(String));
}
