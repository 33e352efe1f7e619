"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useAnnouncement } from "@/components/ui/status-region";

interface SecretFieldProps {
  label: string;
  value: string;
  /** The name of the button that copies. */
  copyLabel?: string;
  /** Told when the person shows or masks the secret. */
  onShownChange?: (shown: boolean) => void;
}

/** A secret to look at and to copy. It is masked until the person asks to see it. */
export function SecretField({ label, value, copyLabel = `Copy ${label}`, onShownChange }: SecretFieldProps) {
  const [shown, setShown] = useState<boolean>();
  useAnnouncement(shown === undefined ? "" : `${label} ${shown ? "shown" : "masked"}`);
  const action = shown ? "Mask secret" : "Show secret";
  const toggle = () => {
    setShown(!shown);
    onShownChange?.(!shown);
  };
  return (
    <Field label={label}>
      {(control) => (
        <div className="flex min-w-0 gap-2">
          <Input
            {...control}
            type={shown ? "text" : "password"}
            value={value}
            readOnly
            autoComplete="off"
            spellCheck={false}
            className="font-mono text-[0.8125rem]"
          />
          <Button size="icon" aria-label={action} title={action} onClick={toggle}>
            {shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          </Button>
          <CopyButton text={value} what={label} label={copyLabel} />
        </div>
      )}
    </Field>
  );
}
