"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import type { ReactElement } from "react";
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

export interface ProjectMenuProps {
  projects: { slug: string; name: string }[];
  /** The project in view; undefined outside projects. */
  current: { slug: string; name: string } | undefined;
}

/** The menu lists this many projects. The page with all projects is better for more. */
const SHOWN_MAX = 12;

/** The menu of the project switcher. */
export function ProjectMenu({ trigger, projects, current }: ProjectMenuProps & { trigger: ReactElement }) {
  const router = useRouter();
  return (
    <Menu defaultOpen>
      <MenuTrigger asChild>{trigger}</MenuTrigger>
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
