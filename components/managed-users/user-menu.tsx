"use client";

import { type ReactElement, useState } from "react";
import type { UserDialogName } from "@/components/managed-users/user-dialog";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";

interface UserMenuProps {
  actions: { dialog: UserDialogName; text: string }[];
  onOpen: (dialog: UserDialogName) => void;
  trigger: ReactElement;
}

/** What can be done with a user. */
export function UserMenu({ actions, onOpen, trigger }: UserMenuProps) {
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
