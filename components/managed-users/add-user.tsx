"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { loadWhenShown } from "@/components/ui/load-when-shown";

const AddUserDialog = loadWhenShown(
  async () => (await import("@/components/managed-users/add-user-dialog")).AddUserDialog,
);

/** The button that adds a user, with its dialog. */
export function AddUser() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" {...AddUserDialog.warm} onClick={() => setOpen(true)}>
        Add user
      </Button>
      {open ? <AddUserDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
