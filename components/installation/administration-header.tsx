"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";

const PAGES = [
  ["/admin", "Overview"],
  ["/admin/users", "Users"],
  ["/admin/projects", "Projects"],
  ["/admin/regions", "Regions"],
  ["/admin/operations", "Operations"],
  ["/admin/audit-log", "Audit log"],
] as const;

/** A page below that of a tab, such as that of one project, belongs to the tab. The overview is above all. */
const isAt = (path: string, href: string): boolean =>
  path === href || (href !== "/admin" && path.startsWith(`${href}/`));

/** The heading of the administration, with links to its pages. */
export function AdministrationHeader() {
  const path = usePathname();
  return (
    <div className="mb-6">
      <h1 className="text-xl font-semibold tracking-tight">Administration</h1>
      <nav aria-label="Administration" className="mt-3 border-b">
        <ul className="flex flex-wrap gap-x-1">
          {PAGES.map(([href, text]) => (
            <li key={href}>
              <Link
                href={href}
                aria-current={isAt(path, href) ? "page" : undefined}
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
