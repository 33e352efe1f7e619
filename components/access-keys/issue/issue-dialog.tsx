"use client";

import type { Card } from "@/lib/access-keys/schema";
import { AddForm } from "@/components/access-keys/issue/add-form";
import { placeOf } from "@/components/access-keys/place";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { EnableForm } from "@/components/access-keys/issue/enable-form";
import { RegenerateForm } from "@/components/access-keys/issue/regenerate-form";
import { Reveal } from "@/components/access-keys/issue/reveal";
import { type IssueStage, useIssueKey } from "@/components/access-keys/issue/use-issue-key";
import { Button } from "@/components/ui/button";
import { DialogButtons } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { ProgressLine } from "@/components/ui/progress-line";
import type { FindFocus } from "@/components/ui/return-focus";

type IssueKind = "enable" | "add" | "regenerate";

interface IssueDialogProps {
  kind: IssueKind;
  project: string;
  /** The current card. It changes with the polls while the dialog is open. */
  card: Card;
  /** The access key that was current when the dialog was opened. */
  oldKey: string | undefined;
  onClose: () => void;
  findFallback: FindFocus;
}

const TITLES: Record<IssueKind, string> = {
  enable: "Enable CLI Access",
  add: "Add named key",
  regenerate: "Regenerate Keys",
};

/** Issues a key in one dialog: the question, the progress, and then the reveal of the secret. */
export function IssueDialog({ kind, project, card, oldKey, onClose, findFallback }: IssueDialogProps) {
  const { stage, start, discardSecret } = useIssueKey(placeOf(project, card));
  const isRevealed = stage.at === "reveal";
  const isWorking = stage.at === "working";

  return (
    <ChangeDialog
      title={isRevealed ? "Your credentials" : TITLES[kind]}
      step={stage.at === "form" || isWorking ? "form" : "result"}
      described={stage.at !== "ended"}
      locked={isWorking || isRevealed}
      width={isRevealed ? "lg" : "md"}
      onClose={onClose}
      findFallback={findFallback}
    >
      {stage.at === "reveal" ? (
        <Reveal issued={stage.issued} card={card} oldKey={oldKey} onHide={onClose} onLeave={discardSecret} />
      ) : stage.at === "ended" ? (
        <Ended message={stage.message} onClose={onClose} />
      ) : (
        <IssueForm kind={kind} card={card} stage={stage} start={start} onCancel={onClose} />
      )}
    </ChangeDialog>
  );
}

interface IssueFormProps {
  kind: IssueKind;
  card: Card;
  stage: Extract<IssueStage, { at: "form" | "working" }>;
  start: ReturnType<typeof useIssueKey>["start"];
  onCancel: () => void;
}

function IssueForm({ kind, card, stage, start, onCancel }: IssueFormProps) {
  const form = {
    card,
    error: stage.at === "form" ? stage.error : undefined,
    progress: stage.at === "working" ? <Progress kind={kind} region={card.region.name} step={stage.step} /> : undefined,
    onCancel,
  };
  switch (kind) {
    case "enable":
      return <EnableForm {...form} onEnable={(typed) => start({ kind, typed })} />;
    case "add":
      return <AddForm {...form} onAdd={(typed) => start({ kind, typed })} />;
    case "regenerate":
      return <RegenerateForm {...form} onRegenerate={(typed) => start({ kind, typed })} />;
  }
}

const WHEN_SLOW: Record<IssueKind, string> = {
  enable: "This takes longer than usual. It ends by itself: stay on this page.",
  add: "This takes longer than usual. It ends by itself: stay on this page.",
  regenerate: "This takes longer than usual. Your current keys still work; stay on this page.",
};

function Progress({ kind, region, step }: { kind: IssueKind; region: string; step: "creating" | "confirming" }) {
  return (
    <ProgressLine key={step} whenSlow={WHEN_SLOW[kind]}>
      {step === "creating"
        ? `Creating a new key in ${region} and verifying that it works…`
        : "Confirming that the new key has reached this browser…"}
    </ProgressLine>
  );
}

function Ended({ message, onClose }: { message: string; onClose: () => void }) {
  return (
    <>
      <Notice look="warn" role="alert">
        {message}
      </Notice>
      <DialogButtons>
        <Button onClick={onClose}>Close</Button>
      </DialogButtons>
    </>
  );
}
