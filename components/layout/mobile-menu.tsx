"use client";

import { Menu as MenuIcon } from "lucide-react";
import { useRef, useState } from "react";
import type { Navigation } from "@/components/layout/navigation";
import { Button } from "@/components/ui/button";
import { loadWhenShown } from "@/components/ui/load-when-shown";

const MobileSheet = loadWhenShown(async () => (await import("@/components/layout/mobile-sheet")).MobileSheet);

/** The menu button of narrow screens. It opens the navigation in a sheet, which is loaded then. */
export function MobileMenu({ navigation }: { navigation: Navigation }) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);

  return (
    <>
      <Button
        ref={button}
        look="ghost"
        size="icon"
        aria-label="Menu"
        aria-haspopup="dialog"
        aria-expanded={open}
        {...MobileSheet.warm}
        onClick={() => setOpen(true)}
      >
        <MenuIcon aria-hidden />
      </Button>
      {open ? <MobileSheet navigation={navigation} button={button} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
