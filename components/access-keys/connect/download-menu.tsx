"use client";

import { Download } from "lucide-react";
import { saveText } from "@/components/access-keys/connect/save-text";
import { CREDENTIAL_FILES, type Credentials } from "@/lib/clients/rules";
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
          <MenuItem
            key={file.label}
            onSelect={() => saveText(file.name(credentials), file.write(credentials), file.type)}
          >
            {file.label}
          </MenuItem>
        ))}
      </MenuContent>
    </Menu>
  );
}
