import { useState } from "react";
import { describeBound, explainBound } from "@/components/access-keys/card/bound";
import { ConfirmField } from "@/components/access-keys/confirm-field";
import type { IssueFormProps } from "@/components/access-keys/issue/issue-form";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { CONFIRM_WORD } from "@/lib/access-keys/schema";

export function RegenerateForm({ region, error, working, onStart, onCancel }: IssueFormProps) {
  const [word, setWord] = useState("");
  const confirmed = word === CONFIRM_WORD;
  const bound = region.revocationBoundSeconds;
  return (
    <form
      noValidate
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (confirmed && !working) onStart();
      }}
    >
      <DialogDescription asChild>
        <div className="grid gap-3">
          <p className="text-foreground">Are you sure you want to regenerate the object storage key?</p>
          <p>
            A new pair for <strong className="font-medium text-foreground">{region.name}</strong> takes the place of the
            old one. The old pair is removed once the new one is proved to work and has reached you.
          </p>
        </div>
      </DialogDescription>
      <Notice look="warn">
        Tools that use the old keys lose access {describeBound(bound)}
        {explainBound(bound)}.
      </Notice>
      {error ? (
        <Notice look="danger" role="alert">
          {error}
        </Notice>
      ) : null}
      <ConfirmField value={word} onChange={setWord} />
      {working}
      <DialogButtons>
        <Button onClick={onCancel} disabled={Boolean(working)}>
          Cancel
        </Button>
        <Button type="submit" look="primary" disabled={!confirmed} busy={Boolean(working)}>
          Regenerate Keys
        </Button>
      </DialogButtons>
    </form>
  );
}
