import { ArrowRight } from "lucide-react";
import Link from "next/link";

/** Links to projects. */
export function ProjectList({ projects }: { projects: { slug: string; name: string }[] }) {
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,22rem),1fr))] gap-3">
      {projects.map(({ slug, name }) => (
        <li key={slug}>
          <Link
            href={`/projects/${slug}/object-storage`}
            // A prefetch would count as a visit, and the next sign-in would land on this project.
            prefetch={false}
            className="group flex h-full items-center gap-3 rounded-lg border bg-surface px-4 py-3 shadow-low transition-colors hover:border-control"
          >
            <span
              aria-hidden
              className="grid size-8 shrink-0 place-content-center rounded-md bg-accent-soft font-semibold text-accent-strong uppercase"
            >
              {name.charAt(0)}
            </span>
            <span className="min-w-0 flex-1">
              <bdi className="block font-medium [overflow-wrap:anywhere]">{name}</bdi>
              <span className="block truncate font-mono text-[0.8125rem] text-muted">{slug}</span>
            </span>
            <ArrowRight
              aria-hidden
              className="size-4 shrink-0 text-muted transition-transform group-hover:translate-x-0.5"
            />
          </Link>
        </li>
      ))}
    </ul>
  );
}
