"use client";

import { useState } from "react";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { useProjectChange } from "@/components/projects/use-project-change";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Select } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { setProjectRegions } from "@/lib/projects/actions";
import { describeKeptKeys } from "@/lib/projects/rules";
import type { ProjectRegionRow } from "@/lib/projects/schema";

interface RegionAccessDialogProps {
  project: string;
  restricted: boolean;
  regions: ProjectRegionRow[];
  onClose: () => void;
}

/** Says which regions a project may use, and shows before how many keys are in those that get closed. */
export function RegionAccessDialog({ project, restricted, regions, onClose }: RegionAccessDialogProps) {
  const before = regions.filter(({ allowed }) => allowed).map(({ name }) => name);
  const [former] = useState(restricted ? before : null);
  const [limited, setLimited] = useState(restricted);
  const [chosen, setChosen] = useState<readonly string[]>(before);
  const wanted = limited ? [...chosen] : null;
  const { send, isPending, refusal } = useProjectChange(
    () => setProjectRegions({ project, regions: wanted, former }),
    onClose,
  );
  const closing = regions.filter(({ name, allowed }) => allowed && wanted && !wanted.includes(name));
  const toggle = (name: string, checked: boolean) =>
    setChosen((names) => (checked ? [...names, name] : names.filter((other) => other !== name)));
  return (
    <ChangeDialog title="Regions" step="form" locked={isPending} onClose={onClose}>
      <DialogDescription>
        In a region that the project may not use, no key is made or switched on. Keys that exist work on.
      </DialogDescription>
      <Field label="The project may use">
        {(control) => (
          <Select
            {...control}
            value={limited ? "some" : "all"}
            onChange={(event) => setLimited(event.target.value === "some")}
          >
            <option value="all">All regions</option>
            <option value="some">Only these regions</option>
          </Select>
        )}
      </Field>
      {limited ? (
        <fieldset className="grid max-h-60 gap-2 overflow-y-auto rounded-md border px-3 py-2.5">
          <legend className="px-1 text-[0.8125rem] font-medium">Regions</legend>
          {regions.map(({ name }) => (
            <Checkbox
              key={name}
              label={name}
              checked={chosen.includes(name)}
              onCheckedChange={(checked) => toggle(name, checked === true)}
            />
          ))}
        </fieldset>
      ) : null}
      <div aria-live="polite" className="grid gap-2">
        {closing.map(({ name, liveKeys }) => (
          <Notice key={name} look={liveKeys > 0 ? "warn" : "info"}>
            <span className="font-medium">{name}</span> gets closed. {describeKeptKeys(liveKeys)}
          </Notice>
        ))}
        {wanted?.length === 0 ? <p className="text-muted">The project can use no region then.</p> : null}
      </div>
      <FormError message={refusal} />
      <DialogButtons>
        <Button onClick={onClose} disabled={isPending}>
          Cancel
        </Button>
        <Button look="primary" busy={isPending} onClick={() => send(undefined)}>
          Save
        </Button>
      </DialogButtons>
    </ChangeDialog>
  );
}
