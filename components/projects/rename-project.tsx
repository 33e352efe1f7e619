"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { loadWhenShown } from "@/components/ui/load-when-shown";

const RenameProjectDialog = loadWhenShown(
  async () => (await import("@/components/projects/rename-project-dialog")).RenameProjectDialog,
);

/** The button that renames a project, with its dialog. */
export function RenameProject({ project, name }: { project: string; name: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button {...RenameProjectDialog.warm} onClick={() => setOpen(true)}>
        Rename
      </Button>
      {open ? <RenameProjectDialog project={project} name={name} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
