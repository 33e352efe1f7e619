"use client";

import { ChevronsUpDown, FolderOpen } from "lucide-react";
import type { ProjectMenuProps } from "@/components/layout/project-menu";
import { LazyMenu } from "@/components/ui/lazy-menu";

/** A button with the name of the project in view. It opens a menu of the person's projects. */
export function ProjectSwitcher({ projects, more, current }: ProjectMenuProps) {
  const text = current?.name ?? "Choose a project";
  return (
    <LazyMenu
      load={async () => (await import("@/components/layout/project-menu")).ProjectMenu}
      menuProps={{ projects, more, current }}
      trigger={(props) => (
        <button
          type="button"
          aria-label={current ? `Switch project: ${text}` : text}
          title={current?.name}
          className="flex h-11 w-full items-center gap-2.5 rounded-md border bg-background px-2.5 text-left transition-colors hover:border-control"
          {...props}
        >
          <span
            aria-hidden
            className="grid size-6 shrink-0 place-content-center rounded bg-accent-soft text-xs font-semibold text-accent-strong uppercase"
          >
            {current ? current.name.charAt(0) : <FolderOpen className="size-3.5" />}
          </span>
          <span className="min-w-0 flex-1 truncate font-medium">{text}</span>
          <ChevronsUpDown aria-hidden className="size-4 shrink-0 text-muted" />
        </button>
      )}
    />
  );
}
