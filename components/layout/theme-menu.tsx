"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { type ReactElement, useState } from "react";
import { readTheme, THEME_COOKIE, THEME_COOKIE_SECONDS } from "@/components/layout/theme";
import { Menu, MenuContent, MenuRadioGroup, MenuRadioItem, MenuTrigger } from "@/components/ui/menu";

/** The menu of the theme switch. */
export function ThemeMenu({ trigger }: { trigger: ReactElement }) {
  const [theme, setTheme] = useState(() => readTheme(document.documentElement.dataset.theme));
  const choose = (value: string) => {
    setTheme(readTheme(value));
    applyTheme(value);
  };
  return (
    <Menu defaultOpen>
      <MenuTrigger asChild>{trigger}</MenuTrigger>
      <MenuContent align="end">
        <MenuRadioGroup value={theme} onValueChange={choose}>
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
function applyTheme(theme: string): void {
  document.documentElement.dataset.theme = theme;
  const secure = window.location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${THEME_COOKIE_SECONDS}; samesite=lax${secure}`;
}
