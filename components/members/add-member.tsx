"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";

const AddMemberDialog = dynamic(() =>
  import("@/components/members/add-member-dialog").then((module) => module.AddMemberDialog),
);

/** The button that adds a member, with its dialog. */
export function AddMember({ project }: { project: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        Add member
      </Button>
      {open ? <AddMemberDialog project={project} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
