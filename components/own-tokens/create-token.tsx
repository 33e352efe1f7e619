"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { TokenPlace } from "@/lib/own-tokens/schema";

const CreateTokenDialog = dynamic(() =>
  import("@/components/own-tokens/create-token-dialog").then((module) => module.CreateTokenDialog),
);

/** The button that makes a token, with its dialog. */
export function CreateToken({ places }: { places: TokenPlace[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        Create token
      </Button>
      {open ? <CreateTokenDialog places={places} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
