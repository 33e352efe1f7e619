import { ArrowRight } from "lucide-react";
import Link from "next/link";

/** Links to projects. */
export function ProjectList({ projects }: { projects: { slug: string; name: string }[] }) {
  return (
    <ul className="grid gap-3 sm:grid-cols-2">
      {projects.map(({ slug, name }) => (
        <li key={slug}>
          <Link
            href={`/projects/${slug}/object-storage`}
            // A prefetch would count as a visit, and the next sign-in would land on this project.
            prefetch={false}
            className="group flex items-center gap-3 rounded-lg border bg-surface px-4 py-3 shadow-low transition-colors hover:border-control"
          >
            <span
              aria-hidden
              className="grid size-8 shrink-0 place-content-center rounded-md bg-accent-soft font-semibold text-accent-strong uppercase"
            >
              {name.charAt(0)}
            </span>
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{name}</span>
              <span className="block truncate font-mono text-[0.8125rem] text-muted">{slug}</span>
            </span>
            <ArrowRight aria-hidden className="size-4 text-muted transition-transform group-hover:translate-x-0.5" />
          </Link>
        </li>
      ))}
    </ul>
  );
}
