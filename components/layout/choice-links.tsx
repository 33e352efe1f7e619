import Link from "next/link";
import { cn } from "@/components/ui/cn";

interface ChoiceLinksProps {
  /** What is chosen. */
  label: string;
  choices: { name: string; href: string; current: boolean }[];
}

/** A choice that stands in the address: a link for each value, side by side. The page stays where it is scrolled. */
export function ChoiceLinks({ label, choices }: ChoiceLinksProps) {
  return (
    <nav aria-label={label}>
      <ul className="inline-flex rounded-md border border-control/50 bg-surface p-0.5 shadow-low">
        {choices.map(({ name, href, current }) => (
          <li key={name}>
            <Link
              href={href}
              scroll={false}
              prefetch={false}
              aria-current={current ? "true" : undefined}
              className={cn(
                "flex h-7 items-center rounded px-2.5 text-[0.8125rem] font-medium whitespace-nowrap",
                current ? "bg-accent-soft text-accent" : "text-muted hover:text-foreground",
              )}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
