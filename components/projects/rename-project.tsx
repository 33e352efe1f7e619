"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";

const RenameProjectDialog = dynamic(() =>
  import("@/components/projects/rename-project-dialog").then((module) => module.RenameProjectDialog),
);

/** The button that renames a project, with its dialog. */
export function RenameProject({ project, name }: { project: string; name: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Rename</Button>
      {open ? <RenameProjectDialog project={project} name={name} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
