"use client";

import { ChevronsUpDown, FolderOpen } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import {
  Menu,
  MenuContent,
  MenuItem,
  MenuLabel,
  MenuRadioGroup,
  MenuRadioItem,
  MenuSeparator,
  MenuTrigger,
} from "@/components/ui/menu";

interface ProjectSwitcherProps {
  projects: { slug: string; name: string }[];
  current: { slug: string; name: string } | undefined;
}

/** The menu lists this many projects. The page with all projects is better for more. */
const SHOWN_MAX = 12;

/** A menu of the projects of the person. */
export function ProjectSwitcher({ projects, current }: ProjectSwitcherProps) {
  const router = useRouter();
  const text = current?.name ?? "Choose a project";
  return (
    <Menu>
      <MenuTrigger
        aria-label={current ? `Switch project: ${text}` : text}
        className="flex h-11 w-full items-center gap-2.5 rounded-md border bg-background px-2.5 text-left transition-colors hover:border-control"
      >
        <span
          aria-hidden
          className="grid size-6 shrink-0 place-content-center rounded bg-accent-soft text-xs font-semibold text-accent-strong uppercase"
        >
          {current ? current.name.charAt(0) : <FolderOpen className="size-3.5" />}
        </span>
        <span className="min-w-0 flex-1 truncate font-medium">{text}</span>
        <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
      </MenuTrigger>
      <MenuContent align="start" className="w-(--radix-dropdown-menu-trigger-width)">
        <MenuLabel>{projects.length > 0 ? "Projects" : "You are in no project yet"}</MenuLabel>
        <MenuRadioGroup
          value={current?.slug ?? ""}
          onValueChange={(slug) => router.push(`/projects/${slug}/object-storage`)}
        >
          {projects.slice(0, SHOWN_MAX).map(({ slug, name }) => (
            <MenuRadioItem key={slug} value={slug}>
              <span className="truncate">{name}</span>
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuItem asChild>
          <Link href="/projects" prefetch={false}>
            All projects
          </Link>
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
