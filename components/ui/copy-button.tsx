"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { copyText } from "@/components/ui/copy-text";
import { useToasts } from "@/components/ui/toasts";

const TICK_MS = 1_500;

interface CopyButtonProps {
  text: string;
  /** What is copied, for the message "Access Key copied". */
  what: string;
  label?: string;
  /** Small and without a border, for use in a line of text. */
  quiet?: boolean;
}

/** Copies a text and says whether that worked. */
export function CopyButton({ text, what, label = `Copy ${what}`, quiet = false }: CopyButtonProps) {
  const [copied, setCopied] = useState(0);
  const toasts = useToasts();

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(0), TICK_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  async function copy(button: HTMLElement) {
    if (await copyText(text, button.parentElement ?? document.body)) {
      setCopied((times) => times + 1);
      await toasts.show("success", `${what} copied`);
    } else {
      await toasts.show("error", `${what} was not copied. Select it and copy it by hand.`);
    }
  }

  return (
    <Button
      look={quiet ? "ghost" : "secondary"}
      size={quiet ? "smallIcon" : "icon"}
      aria-label={label}
      title={label}
      onFocus={toasts.prepare}
      onPointerEnter={toasts.prepare}
      onClick={(event) => void copy(event.currentTarget)}
    >
      {copied ? <Check aria-hidden className="text-good" /> : <Copy aria-hidden />}
    </Button>
  );
}
