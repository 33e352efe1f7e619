"use client";

import type { RefObject } from "react";
import { MainMenu } from "@/components/layout/main-menu";
import type { Navigation } from "@/components/layout/navigation";
import { Sheet, SheetContent } from "@/components/ui/sheet";

interface MobileSheetProps {
  navigation: Navigation;
  /** Gets the focus back when the sheet closes. */
  button: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
}

/** The navigation of narrow screens. */
export function MobileSheet({ navigation, button, onClose }: MobileSheetProps) {
  return (
    <Sheet open onOpenChange={(open) => !open && onClose()}>
      <SheetContent title="Menu" onCloseAutoFocus={() => button.current?.focus()}>
        <MainMenu navigation={navigation} onChoose={onClose} />
      </SheetContent>
    </Sheet>
  );
}
