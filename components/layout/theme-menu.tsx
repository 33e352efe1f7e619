"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import type { ReactElement } from "react";
import { readTheme, THEME_COOKIE } from "@/components/layout/theme";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/menu";

const YEAR_SECONDS = 31_536_000;

/** The menu of the theme switch. */
export function ThemeMenu({ trigger }: { trigger: ReactElement }) {
  return (
    <Menu defaultOpen>
      <MenuTrigger asChild>{trigger}</MenuTrigger>
      <MenuContent align="end">
        <MenuRadioGroup value={readTheme(document.documentElement.dataset.theme)} onValueChange={setTheme}>
          <MenuRadioItem value="light">
            <Sun aria-hidden />
            Light
          </MenuRadioItem>
          <MenuRadioItem value="dark">
            <Moon aria-hidden />
            Dark
          </MenuRadioItem>
          <MenuRadioItem value="system">
            <Monitor aria-hidden />
            As the system
          </MenuRadioItem>
        </MenuRadioGroup>
      </MenuContent>
    </Menu>
  );
}

/** Changes the colours of this page at once, and of the pages that the server sends from now on. */
function setTheme(theme: string): void {
  document.documentElement.dataset.theme = theme;
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}
