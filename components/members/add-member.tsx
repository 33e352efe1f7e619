"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { loadWhenShown } from "@/components/ui/load-when-shown";

const AddMemberDialog = loadWhenShown(
  async () => (await import("@/components/members/add-member-dialog")).AddMemberDialog,
);

/** The button that adds a member, with its dialog. */
export function AddMember({ project }: { project: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" {...AddMemberDialog.warm} onClick={() => setOpen(true)}>
        Add member
      </Button>
      {open ? <AddMemberDialog project={project} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
