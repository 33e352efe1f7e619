"use client";

import { EllipsisVertical } from "lucide-react";
import { useState } from "react";
import type { DialogUser, UserDialogName, UserDialogProps } from "@/components/managed-users/user-dialog";
import { Button } from "@/components/ui/button";
import { LazyMenu } from "@/components/ui/lazy-menu";
import { loadWhenShown } from "@/components/ui/load-when-shown";

const EditUserDialog = loadWhenShown(
  async () => (await import("@/components/managed-users/edit-user-dialog")).EditUserDialog,
);
const ResetPasswordDialog = loadWhenShown(
  async () => (await import("@/components/managed-users/reset-password-dialog")).ResetPasswordDialog,
);
const UserQuestion = loadWhenShown(async () => (await import("@/components/managed-users/user-question")).UserQuestion);

/** Nobody opens the menu for itself: one of the dialogs comes next. */
async function loadMenu() {
  for (const dialog of [EditUserDialog, ResetPasswordDialog, UserQuestion]) dialog.prefetch();
  return (await import("@/components/managed-users/user-menu")).UserMenu;
}

const TEXTS: Record<UserDialogName, string> = {
  edit: "Edit",
  "reset-password": "Reset password",
  "end-sessions": "End sessions",
  disable: "Disable",
  enable: "Enable",
};

/** The menu of what can be done with a user, and its dialogs. */
export function UserActions({ user, own }: Omit<UserDialogProps, "onClose">) {
  const [dialog, setDialog] = useState<UserDialogName>();
  const props = { user, own, onClose: () => setDialog(undefined) };
  return (
    <>
      <LazyMenu
        load={loadMenu}
        menuProps={{ actions: listActions(user, own), onOpen: setDialog }}
        trigger={(trigger) => (
          <Button size="icon" look="ghost" className="sm:-my-1.75" aria-label={`Actions of ${user.name}`} {...trigger}>
            <EllipsisVertical aria-hidden />
          </Button>
        )}
      />
      {dialog === "edit" ? <EditUserDialog {...props} /> : null}
      {dialog === "reset-password" ? <ResetPasswordDialog {...props} /> : null}
      {dialog === "end-sessions" || dialog === "disable" || dialog === "enable" ? (
        <UserQuestion kind={dialog} {...props} />
      ) : null}
    </>
  );
}

/** One's own password is changed under Account. A disabled user has no sessions, and gets no link. */
function listActions({ disabledAt }: DialogUser, own: boolean): { dialog: UserDialogName; text: string }[] {
  const names: UserDialogName[] = disabledAt
    ? ["edit", "enable"]
    : own
      ? ["edit", "end-sessions", "disable"]
      : ["edit", "reset-password", "end-sessions", "disable"];
  return names.map((dialog) => ({ dialog, text: TEXTS[dialog] }));
}
