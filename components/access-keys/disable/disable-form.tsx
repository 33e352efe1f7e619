import { useState } from "react";
import { describeBound, describeDuration, explainBound } from "@/components/access-keys/card/bound";
import { ConfirmField } from "@/components/access-keys/confirm-field";
import { ProgressLine } from "@/components/access-keys/card/progress-line";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { type Card, CONFIRM_WORD, REASON_MAX } from "@/lib/access-keys/schema";

interface DisableFormProps {
  region: Card["region"];
  reasonRequired: boolean;
  error: string | undefined;
  working: boolean;
  onDisable: (reason: string | undefined) => void;
  onCancel: () => void;
}

export function DisableForm({ region, reasonRequired, error, working, onDisable, onCancel }: DisableFormProps) {
  const [word, setWord] = useState("");
  const [reason, setReason] = useState("");
  const [reasonMissing, setReasonMissing] = useState(false);
  const confirmed = word === CONFIRM_WORD;
  const bound = region.revocationBoundSeconds;

  function submit() {
    if (!confirmed || working) return;
    const given = reason.trim();
    setReasonMissing(reasonRequired && !given);
    if (!reasonRequired || given) onDisable(given || undefined);
  }

  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <DialogDescription className="text-foreground">
        Are you sure you want to disable the Object Storage Command Line Interface (CLI)?
      </DialogDescription>
      <Notice look="warn">
        <ul className="grid gap-0.5">
          <li>This breaks every CLI session and integration that uses these credentials.</li>
          <li>
            {region.suspends ? (
              `This stops every key of this project in ${region.name} within seconds, and at most ${describeBound(bound)} where that cannot be done.`
            ) : (
              <>
                The keys of {region.name} are refused {describeBound(bound)}
                {explainBound(bound)}.
              </>
            )}
          </li>
          {region.suspends && bound !== null ? (
            <li>
              CLI access can be enabled again after {describeDuration(bound)}: until then its gateways may hold the old
              keys.
            </li>
          ) : null}
          <li>Your buckets and data stay.</li>
        </ul>
      </Notice>
      {error ? (
        <Notice look="danger" role="alert">
          {error}
        </Notice>
      ) : null}
      <ConfirmField value={word} onChange={setWord} />
      {reasonRequired ? (
        <Field
          label="Reason"
          hint="The project's people read it beside the key."
          error={reasonMissing ? "Say why the access is disabled" : undefined}
        >
          {(control) => (
            <Textarea
              {...control}
              required
              maxLength={REASON_MAX}
              value={reason}
              onChange={(event) => {
                setReason(event.target.value);
                setReasonMissing(false);
              }}
            />
          )}
        </Field>
      ) : null}
      {working ? (
        <ProgressLine whenSlow="It takes longer than usual. The decision is recorded; the removal goes on even if you leave.">
          Removing the keys from the storage system…
        </ProgressLine>
      ) : null}
      <DialogButtons>
        <Button onClick={onCancel} disabled={working}>
          Cancel
        </Button>
        <Button type="submit" look="danger" disabled={!confirmed} busy={working}>
          Disable
        </Button>
      </DialogButtons>
    </form>
  );
}
