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
  /** Whether the person has others: they are found on the page with all projects. */
  more: boolean;
  /** The project in view; undefined outside projects. */
  current: { slug: string; name: string } | undefined;
}

/** The menu of the project switcher. */
export function ProjectMenu({ trigger, projects, more, current }: ProjectMenuProps & { trigger: ReactElement }) {
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
          {projects.map(({ slug, name }) => (
            <MenuRadioItem key={slug} value={slug}>
              <bdi className="min-w-0 break-words">{name}</bdi>
            </MenuRadioItem>
          ))}
        </MenuRadioGroup>
        <MenuSeparator />
        <MenuItem asChild>
          <Link href="/projects" prefetch={false}>
            {more ? "Search all projects" : "All projects"}
          </Link>
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
