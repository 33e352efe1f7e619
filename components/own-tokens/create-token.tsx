"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { loadWhenShown } from "@/components/ui/load-when-shown";
import type { TokenPlace } from "@/lib/own-tokens/schema";

const CreateTokenDialog = loadWhenShown(
  async () => (await import("@/components/own-tokens/create-token-dialog")).CreateTokenDialog,
);

/** The button that makes a token, with its dialog. `daysMax` is how long a token may live. */
export function CreateToken(props: { places: TokenPlace[]; daysMax: number }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button look="primary" {...CreateTokenDialog.warm} onClick={() => setOpen(true)}>
        Create token
      </Button>
      {open ? <CreateTokenDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
