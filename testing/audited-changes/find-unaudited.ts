import ts from "typescript";
import { type CallGraph, type Code, composeCallGraph } from "@/testing/audited-changes/call-graph";

/** The functions that open a transaction with what they get, and those that write audit events. */
const OPENS = ["withTransaction", "changeInstallation"];
/** Opens one with its option of this name. Its work has transactions of its own. */
const OPENS_WITH = { withLease: "begin" };
const RECORDS = ["recordEvent", "recordEvents"];
const WRITES = /^(create|update|upsert|delete)(Many|ManyAndReturn)?$/;

interface Effects {
  /** A table that is written, undefined for none. */
  writes: string | undefined;
  records: boolean;
}

/** A transaction that writes and records no event: the function that opens it, and a table that is written. */
export interface Unaudited {
  where: string;
  writes: string;
}

/**
 * Finds the functions that open a transaction which writes to a table, directly or in what it calls, and in which nothing
 * that is called records an audit event. `models` are the names of Prisma's models, in lower camel case.
 */
export function findUnaudited(sources: ReadonlyMap<string, string>, models: ReadonlySet<string>): Unaudited[] {
  const graph = composeCallGraph(sources);
  const found: Unaudited[] = [];
  for (const [file, source] of graph.files) {
    const visit = (node: ts.Node) => {
      const works = listWorks(node).map((work) => ({ file, node: work }));
      const { writes, records } = readEffects(graph, models, works);
      if (writes !== undefined && !records) found.push({ where: `${file}: ${nameAround(node)}`, writes });
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

/** What a call runs in a transaction. Empty for all other nodes. */
function listWorks(node: ts.Node): ts.Node[] {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return [];
  const { text } = node.expression;
  if (OPENS.includes(text)) return [...node.arguments];
  if (!Object.hasOwn(OPENS_WITH, text)) return [];
  const name = OPENS_WITH[text as keyof typeof OPENS_WITH];
  const options = node.arguments.filter(ts.isObjectLiteralExpression).flatMap(({ properties }) => [...properties]);
  return options.filter((option) => option.name && ts.isIdentifier(option.name) && option.name.text === name);
}

function readEffects(graph: CallGraph, models: ReadonlySet<string>, begin: Code[]): Effects {
  const effects: Effects = { writes: undefined, records: false };
  const seen = new Set<ts.Node>();
  const waiting = [...begin];
  for (let code = waiting.pop(); code; code = waiting.pop()) {
    const { file, node: root } = code;
    if (seen.has(root)) continue;
    seen.add(root);
    const visit = (node: ts.Node) => {
      effects.writes ??= readWrite(node, models);
      if (ts.isIdentifier(node)) {
        if (RECORDS.includes(node.text)) effects.records = true;
        const called = graph.resolve(file, node.text);
        if (called) waiting.push(called);
      }
      ts.forEachChild(node, visit);
    };
    visit(root);
  }
  return effects;
}

/** The model of `tx.model.create(...)` and the like. */
function readWrite(node: ts.Node, models: ReadonlySet<string>): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { name, expression } = node.expression;
  if (!WRITES.test(name.text) || !ts.isPropertyAccessExpression(expression)) return undefined;
  return models.has(expression.name.text) ? expression.name.text : undefined;
}

function nameAround(node: ts.Node): string {
  for (let around = node.parent; !ts.isSourceFile(around); around = around.parent) {
    if (ts.isFunctionDeclaration(around) && around.name) return around.name.text;
    if (
      ts.isVariableDeclaration(around) &&
      ts.isIdentifier(around.name) &&
      around.initializer &&
      ts.isArrowFunction(around.initializer)
    )
      return around.name.text;
  }
  return "the file itself";
}
