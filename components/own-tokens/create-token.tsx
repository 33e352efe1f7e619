"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import type { TokenPlace } from "@/lib/own-tokens/schema";

const CreateTokenDialog = dynamic(() =>
  import("@/components/own-tokens/create-token-dialog").then((module) => module.CreateTokenDialog),
);

/** The button that makes a token, with its dialog. `daysMax` is how long a token may live. */
export function CreateToken(props: { places: TokenPlace[]; daysMax: number }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" onClick={() => setOpen(true)}>
        Create token
      </Button>
      {open ? <CreateTokenDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
