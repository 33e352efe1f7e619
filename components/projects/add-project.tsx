"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { loadWhenShown } from "@/components/ui/load-when-shown";

const AddProjectDialog = loadWhenShown(
  async () => (await import("@/components/projects/add-project-dialog")).AddProjectDialog,
);

/** The button that makes a project, with its dialog. */
export function AddProject() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" {...AddProjectDialog.warm} onClick={() => setOpen(true)}>
        Add project
      </Button>
      {open ? <AddProjectDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
