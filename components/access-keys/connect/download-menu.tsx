"use client";

import { Download } from "lucide-react";
import {
  CREDENTIAL_FILES,
  type CredentialFile,
  type Credentials,
} from "@/components/access-keys/connect/credential-files";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuTrigger } from "@/components/ui/menu";

/** A menu of the credential files. */
export function DownloadMenu({ credentials }: { credentials: Credentials }) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button>
          <Download aria-hidden />
          Download
        </Button>
      </MenuTrigger>
      <MenuContent align="start">
        {CREDENTIAL_FILES.map((file) => (
          <MenuItem key={file.label} onSelect={() => download(file, credentials)}>
            {file.label}
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  );
}

/** Saves a file from the browser's memory, without the network. Its address is revoked right after that. */
function download(file: CredentialFile, credentials: Credentials): void {
  const address = URL.createObjectURL(new Blob([file.write(credentials)], { type: file.type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = file.name(credentials);
  link.click();
  // The browser starts reading after this task.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
