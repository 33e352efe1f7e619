"use client";

import { Menu as MenuIcon } from "lucide-react";
import { useState } from "react";
import { MainMenu } from "@/components/layout/main-menu";
import type { Navigation } from "@/components/layout/navigation";
import { Button } from "@/components/ui/button";
import { Sheet, SheetContent, SheetTrigger } from "@/components/ui/sheet";

/** The menu button of narrow screens, and the navigation in a sheet. */
export function MobileMenu({ navigation }: { navigation: Navigation }) {
  const [open, setOpen] = useState(false);
  return (
    <Sheet open={open} onOpenChange={setOpen}>
      <SheetTrigger asChild>
        <Button look="ghost" size="icon" aria-label="Menu">
          <MenuIcon aria-hidden />
        </Button>
      </SheetTrigger>
      <SheetContent title="Menu">
        <MainMenu navigation={navigation} onChoose={() => setOpen(false)} />
      </SheetContent>
    </Sheet>
  );
}
