"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";

const AddProjectDialog = dynamic(() =>
  import("@/components/projects/add-project-dialog").then((module) => module.AddProjectDialog),
);

/** The button that makes a project, with its dialog. */
export function AddProject() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        Add project
      </Button>
      {open ? <AddProjectDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
