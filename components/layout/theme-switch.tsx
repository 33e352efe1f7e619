"use client";

import { SunMoon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { LazyMenu } from "@/components/ui/lazy-menu";

/** A menu for light, dark, or the theme of the operating system. */
export function ThemeSwitch() {
  return (
    <LazyMenu
      load={async () => (await import("@/components/layout/theme-menu")).ThemeMenu}
      menuProps={{}}
      trigger={(props) => (
        <Button look="ghost" size="icon" aria-label="Theme" {...props}>
          <SunMoon aria-hidden />
        </Button>
      )}
    />
  );
}
