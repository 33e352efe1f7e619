"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";

const AddUserDialog = dynamic(() =>
  import("@/components/managed-users/add-user-dialog").then((module) => module.AddUserDialog),
);

/** The button that adds a user, with its dialog. */
export function AddUser() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        Add user
      </Button>
      {open ? <AddUserDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
