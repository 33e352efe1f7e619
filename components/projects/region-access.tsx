"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/components/ui/bytes";
import { loadWhenShown } from "@/components/ui/load-when-shown";
import { Table, TableBody, TableHead, Td, Tr } from "@/components/ui/table";
import type { ProjectRegionRow } from "@/lib/projects/schema";

const RegionAccessDialog = loadWhenShown(
  async () => (await import("@/components/projects/region-access-dialog")).RegionAccessDialog,
);

interface RegionAccessProps {
  project: string;
  restricted: boolean;
  regions: ProjectRegionRow[];
}

/** Which regions a project may use, and the button that changes it. */
export function RegionAccess({ project, restricted, regions }: RegionAccessProps) {
  const [open, setOpen] = useState(false);
  return (
    <div className="grid max-w-3xl gap-3">
      {regions.length > 0 ? (
        <Table label="Regions of the project">
          <TableHead columns={["Region", "The project", "Keys"]} numeric={["Keys"]} />
          <TableBody>
            {regions.map((region) => (
              <Tr key={region.name}>
                <Td className="font-medium [overflow-wrap:anywhere]">{region.name}</Td>
                <Td label="The project">
                  {region.allowed ? "May use it" : <span className="text-warn">May not use it</span>}
                  {region.switchedOff ? <span className="text-muted">; switched off for everybody</span> : null}
                </Td>
                <Td label="Keys" className="tabular sm:text-right">
                  {formatCount(region.liveKeys)}
                </Td>
              </Tr>
            ))}
          </TableBody>
        </Table>
      ) : (
        <p className="text-muted">There is no region yet.</p>
      )}
      <div>
        <Button {...RegionAccessDialog.warm} onClick={() => setOpen(true)}>
          Change regions
        </Button>
      </div>
      {open ? (
        <RegionAccessDialog
          project={project}
          restricted={restricted}
          regions={regions}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </div>
  );
}
