import lighthouse, { type Result } from "lighthouse";
import { findFreePorts } from "@/testing/ports";
import { median } from "../figures";
import { withBrowser } from "./browser";

const RUNS = 3;
const AIMS = { accessibility: 100, "best-practices": 100, performance: 95 };
const TIMES = {
  "first-contentful-paint": "First Contentful Paint",
  "largest-contentful-paint": "Largest Contentful Paint",
  "total-blocking-time": "Total Blocking Time",
};

interface Row {
  name: string;
  aim: string;
  figure: string;
}

/** The medians of three runs of Lighthouse with its default profile, a phone. Findings go to standard error. */
export async function measureWithLighthouse(url: string, path: string, session?: string): Promise<Row[]> {
  const results: Result[] = [];
  for (let run = 0; run < RUNS; run += 1) results.push(await runLighthouse(url, path, session));
  for (const finding of listFindings(results)) console.error(`${path}: ${finding}`);
  const scores = Object.entries(AIMS).map(([category, aim]) => ({
    name: category,
    aim: `>= ${aim}`,
    figure: String(Math.round(median(results.map(({ categories }) => (categories[category]?.score ?? 0) * 100)))),
  }));
  const times = Object.entries(TIMES).map(([audit, name]) => ({
    name,
    aim: "",
    figure: `${median(results.map(({ audits }) => audits[audit]?.numericValue ?? Number.NaN)).toFixed(0)} ms`,
  }));
  return [...scores, ...times];
}

async function runLighthouse(url: string, path: string, session?: string): Promise<Result> {
  const port = await findFreePorts(1);
  const result = await withBrowser({ url, session, debuggingPort: port }, () =>
    lighthouse(new URL(path, url).href, { port, logLevel: "error", onlyCategories: Object.keys(AIMS) }),
  );
  if (!result || result.lhr.runtimeError)
    throw new Error(result?.lhr.runtimeError?.message ?? "Lighthouse gave nothing");
  if (new URL(result.lhr.finalDisplayedUrl).pathname !== path)
    throw new Error(`${path} led to ${result.lhr.finalDisplayedUrl}`);
  return result.lhr;
}

/** What costs points, once each. */
function listFindings(results: readonly Result[]): string[] {
  const audits = results.flatMap(({ categories, audits }) =>
    Object.values(categories).flatMap(({ auditRefs }) =>
      auditRefs.filter(({ weight }) => weight > 0).map(({ id }) => audits[id]),
    ),
  );
  const missed = audits.filter((audit) => typeof audit?.score === "number" && audit.score < 0.9);
  return [...new Set(missed.map((audit) => `${audit?.id}: ${audit?.title} ${audit?.displayValue ?? ""}`))];
}
