"use client";

import { useEffect, useRef } from "react";
import type { Card } from "@/lib/access-keys/schema";
import { EnableForm } from "@/components/access-keys/issue/enable-form";
import { ProgressLine } from "@/components/access-keys/card/progress-line";
import { RegenerateForm } from "@/components/access-keys/issue/regenerate-form";
import { Reveal } from "@/components/access-keys/issue/reveal";
import { type IssueKind, type IssueStage, useIssue } from "@/components/access-keys/issue/use-issue";
import { Button } from "@/components/ui/button";
import { Dialog, DialogButtons, DialogContent, DialogTitle } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";

interface IssueDialogProps {
  kind: IssueKind;
  project: string;
  /** As it is now: it follows the poll while the dialog is open. */
  card: Card;
  /** The access key that was current when the dialog was opened. */
  oldKey: string | undefined;
  onClose: () => void;
  onCloseAutoFocus: (event: Event) => void;
}

const TITLES: Record<IssueKind, string> = { enable: "Enable CLI Access", regenerate: "Regenerate Keys" };

/** From the question over the work to the reveal, in one dialog. */
export function IssueDialog({ kind, project, card, oldKey, onClose, onCloseAutoFocus }: IssueDialogProps) {
  const { stage, start, drop } = useIssue(kind, project, card.region.name);
  const title = useRef<HTMLHeadingElement>(null);
  const held = stage.at === "working" || stage.at === "reveal";

  useEffect(() => {
    if (stage.at === "reveal" || stage.at === "over") title.current?.focus();
  }, [stage.at]);

  const hold = (event: Event) => {
    if (held) event.preventDefault();
  };

  return (
    <Dialog open onOpenChange={(open) => !open && !held && onClose()}>
      <DialogContent
        onEscapeKeyDown={hold}
        onInteractOutside={hold}
        onCloseAutoFocus={onCloseAutoFocus}
        className={stage.at === "reveal" ? "sm:max-w-xl" : undefined}
        {...(stage.at === "form" ? {} : { "aria-describedby": undefined })}
      >
        <DialogTitle ref={title} tabIndex={-1}>
          {stage.at === "reveal" ? "Your credentials" : TITLES[kind]}
        </DialogTitle>
        <Stage {...{ kind, card, oldKey, stage, drop, onClose }} onStart={() => void start()} />
      </DialogContent>
    </Dialog>
  );
}

interface StageProps extends Pick<IssueDialogProps, "kind" | "card" | "oldKey" | "onClose"> {
  stage: IssueStage;
  onStart: () => void;
  drop: (message: string) => void;
}

function Stage({ kind, card, oldKey, stage, onStart, drop, onClose }: StageProps) {
  if (stage.at === "reveal") {
    return <Reveal pair={stage.pair} card={card} oldKey={oldKey} onHide={onClose} onLeave={drop} />;
  }
  if (stage.at === "over") {
    return (
      <>
        <Notice look="warn" role="alert">
          {stage.message}
        </Notice>
        <DialogButtons>
          <Button onClick={onClose}>Close</Button>
        </DialogButtons>
      </>
    );
  }
  const working =
    stage.at === "working" ? (
      <ProgressLine
        key={stage.step}
        whenSlow={
          kind === "enable"
            ? "It takes longer than usual. It ends by itself: stay on this page."
            : "It takes longer than usual. Your current keys still work; stay on this page."
        }
      >
        {stage.step === "making"
          ? `Making a new pair in ${card.region.name} and proving that it works…`
          : "Confirming that the pair has reached this browser…"}
      </ProgressLine>
    ) : undefined;
  const error = stage.at === "form" ? stage.error : undefined;
  const Form = kind === "enable" ? EnableForm : RegenerateForm;
  return <Form region={card.region} error={error} working={working} onStart={onStart} onCancel={onClose} />;
}
