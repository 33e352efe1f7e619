"use client";

import { type ReactElement, useState } from "react";
import type { KeyAction, KeyDialogName } from "@/components/access-keys/card/key-actions";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";

interface NamedKeyMenuProps {
  actions: KeyAction[];
  onOpen: (dialog: KeyDialogName) => void;
  trigger: ReactElement;
}

/** What can be done with a named key. */
export function NamedKeyMenu({ actions, onOpen, trigger }: NamedKeyMenuProps) {
  const [open, setOpen] = useState(true);
  return (
    <Menu open={open} onOpenChange={setOpen}>
      <MenuTrigger asChild>{trigger}</MenuTrigger>
      <MenuContent align="end">
        {actions.map(({ dialog, text }) => (
          <MenuItem key={dialog} onSelect={() => onOpen(dialog)}>
            {text}
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  );
}
