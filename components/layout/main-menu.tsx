"use client";

import { CircleHelp, Database, History, KeyRound, LifeBuoy, type LucideIcon, Settings2, UserRound } from "lucide-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { Navigation } from "@/components/layout/navigation";
import { Logo } from "@/components/layout/logo";
import { ProjectSwitcher } from "@/components/layout/project-switcher";
import { cn } from "@/components/ui/cn";

interface MainMenuProps {
  navigation: Navigation;
  /** Called when an entry is chosen. */
  onChoose?: () => void;
}

const PROJECT_PAGES = [
  { name: "members", title: "Members", icon: UserRound },
  { name: "activity", title: "Activity", icon: History },
] as const;

/** The navigation on the left, and in the menu of narrow screens. */
export function MainMenu({ navigation, onChoose }: MainMenuProps) {
  const { project, support, administration } = navigation;
  const base = [`/projects/${project?.slug}`, ""];
  const platform = [
    ...(support ? [{ name: "support", title: "Support", icon: LifeBuoy }] : []),
    ...(administration ? [{ name: "admin", title: "Administration", icon: Settings2 }] : []),
  ];
  const storage = project ? `/projects/${project.slug}/object-storage` : undefined;
  return (
    <nav aria-label="Main" className="grid grid-cols-1 content-start gap-5 px-3 pb-6">
      <Link href="/" prefetch={false} onClick={onChoose} className="-mb-4 flex h-14 items-center px-2">
        <Logo />
      </Link>
      <ProjectSwitcher projects={navigation.projects} more={navigation.moreProjects} current={project} />
      {storage ? (
        <div>
          <h2 id="menu-add-on" className="px-2.5 pb-1.5 text-xs font-medium text-muted">
            Add-on
          </h2>
          <ul aria-labelledby="menu-add-on" className="grid gap-0.5">
            <li>
              <Entry href={storage} icon={Database} exact onChoose={onChoose}>
                Object Storage
              </Entry>
              {project?.keys ? (
                <ul className="mt-0.5 ml-4.5 border-l pl-2">
                  <li>
                    <Entry href={`${storage}/keys`} icon={KeyRound} onChoose={onChoose}>
                      S3 Keys
                    </Entry>
                  </li>
                </ul>
              ) : null}
            </li>
          </ul>
        </div>
      ) : null}
      {[project ? PROJECT_PAGES.filter(({ name }) => project[name]) : [], platform].map((entries, group) =>
        entries.length > 0 ? (
          <ul key={group} className="grid gap-0.5 border-t pt-4">
            {entries.map(({ name, title, icon }) => (
              <li key={name}>
                <Entry href={`${base[group]}/${name}`} icon={icon} onChoose={onChoose}>
                  {title}
                </Entry>
              </li>
            ))}
          </ul>
        ) : null,
      )}
      <div className="border-t pt-4">
        <Entry href="/help" icon={CircleHelp} prefetch={false} onChoose={onChoose}>
          Help
        </Entry>
      </div>
    </nav>
  );
}

interface EntryProps {
  href: string;
  icon: LucideIcon;
  /** Marks the entry as current only on its own page, not on the pages below it. */
  exact?: boolean;
  /** Whether the page is fetched in advance. */
  prefetch?: false;
  onChoose: (() => void) | undefined;
  children: string;
}

function Entry({ href, icon: Icon, exact = false, prefetch, onChoose, children }: EntryProps) {
  const path = usePathname();
  const current = path === href || (!exact && path.startsWith(`${href}/`));
  return (
    <Link
      href={href}
      {...(prefetch === undefined ? {} : { prefetch })}
      onClick={onChoose}
      aria-current={current ? "page" : undefined}
      className={cn(
        "flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted transition-colors hover:bg-sunken hover:text-foreground",
        "aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-strong",
      )}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      {children}
    </Link>
  );
}
