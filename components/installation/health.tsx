import { CircleCheck, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

interface InstallationHealth {
  database: "ok";
  worker: "ok" | "degraded";
  regions: { name: string; state: "ok" | "degraded"; detail: string | null }[];
  openOperations: number;
  version: string;
}

/** The state of each part of the installation. */
export function Health({ health }: { health: InstallationHealth }) {
  const { worker, regions, openOperations, version } = health;
  return (
    <ul className="divide-y rounded-lg border bg-surface shadow-low">
      <HealthRow name="Database" good>
        Answers
      </HealthRow>
      <HealthRow name="Worker" good={worker === "ok"}>
        {worker === "ok"
          ? "Runs: it finishes interrupted changes and checks that removed keys stay removed"
          : "Has given no sign for a while: removals and receipts may be late. Restart it with npm run up"}
      </HealthRow>
      {regions.map(({ name, state, detail }) => (
        <HealthRow key={name} name={`Region ${name}`} good={state === "ok"}>
          {detail || (state === "ok" ? "Answers" : "Does not answer")}
        </HealthRow>
      ))}
      <HealthRow name="Changes in flight" good>
        {openOperations === 0 ? "None" : String(openOperations)}
      </HealthRow>
      <HealthRow name="Version" good>
        <span className="font-mono text-[0.8125rem]">{version}</span>
      </HealthRow>
    </ul>
  );
}

function HealthRow({ name, good, children }: { name: string; good: boolean; children: ReactNode }) {
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
