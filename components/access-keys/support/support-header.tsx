"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

const PAGES = [
  ["/support", "Find"],
  ["/support/bulk-revoke", "Bulk revoke"],
] as const;

/** The heading of the support console, with links to its pages. */
export function SupportHeader() {
  const path = usePathname();
  const isCurrent = (href: string) => path === href || (href !== "/support" && path.startsWith(`${href}/`));
  return (
    <div className="mb-6">
      <h1 className="text-xl font-semibold tracking-tight">Support</h1>
      <nav aria-label="Support" className="mt-3 overflow-x-auto border-b">
        <ul className="flex gap-1">
          {PAGES.map(([href, text]) => (
            <li key={href}>
              <Link
                href={href}
                aria-current={isCurrent(href) ? "page" : undefined}
                className="flex h-9 items-center border-b-2 border-transparent px-3 font-medium text-muted -outline-offset-2 hover:text-foreground aria-[current=page]:border-accent aria-[current=page]:text-foreground"
              >
                {text}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  );
}
