import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

interface InstallationHealth {
  database: "ok";
  worker: "ok" | "degraded";
  regions: { name: string; state: "ok" | "degraded"; detail: string | null }[];
  openOperations: number;
  version: string;
}

export function Health({ health }: { health: InstallationHealth }) {
  const { worker, regions, openOperations, version } = health;
  return (
    <ul className="divide-y rounded-lg border bg-surface shadow-low">
      <Part name="Database" good>
        Answers
      </Part>
      <Part name="Worker" good={worker === "ok"}>
        {worker === "ok"
          ? "Runs: it finishes what was left and sweeps what was removed"
          : "Has not been heard from for a while: removals and receipts may be late. Restart it with npm run up"}
      </Part>
      {regions.map(({ name, state, detail }) => (
        <Part key={name} name={`Region ${name}`} good={state === "ok"}>
          {detail || (state === "ok" ? "Answers" : "Does not answer")}
        </Part>
      ))}
      <Part name="Changes under way" good>
        {openOperations === 0 ? "None" : String(openOperations)}
      </Part>
      <Part name="Version" good>
        <span className="font-mono text-[0.8125rem]">{version}</span>
      </Part>
    </ul>
  );
}

function Part({ name, good, children }: { name: string; good: boolean; children: ReactNode }) {
  const Icon = good ? CircleCheck : TriangleAlert;
  return (
    <li className="grid gap-x-6 gap-y-0.5 px-4 py-3 sm:grid-cols-[14rem_minmax(0,1fr)]">
      <span className="flex items-center gap-2.5 font-medium">
        <Icon aria-hidden className={good ? "size-4 text-good" : "size-4 text-warn"} />
        {name}
        {good ? null : <span className="text-[0.8125rem] font-normal text-warn">degraded</span>}
      </span>
      <span className="block min-w-0 text-muted first-letter:uppercase">{children}</span>
    </li>
  );
}
