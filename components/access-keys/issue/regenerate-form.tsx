import { useWatch } from "react-hook-form";
import { ConfirmField, isConfirmWord } from "@/components/access-keys/confirm-field";
import { LastUseWarning } from "@/components/access-keys/last-use/last-used";
import { OverlapField } from "@/components/access-keys/issue/overlap-field";
import type { IssueFormProps } from "@/components/access-keys/issue/issue-form-props";
import { ExpirationField } from "@/components/access-keys/lifecycle/expiration-field";
import { describeBound, explainBound, findUsual } from "@/lib/revocation-bounds/rules";
import { HelpLink } from "@/components/help/help-link";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { FormError } from "@/components/ui/form-error";
import { Notice } from "@/components/ui/notice";
import { useZodForm } from "@/components/ui/use-zod-form";
import type { RegenerateForm as Typed, RegenerateFormInput } from "@/components/access-keys/form-schema";

interface RegenerateFormProps extends IssueFormProps {
  onRegenerate: (typed: Typed) => Promise<void>;
}

export function RegenerateForm({ card, error, progress, onRegenerate, onCancel }: RegenerateFormProps) {
  const { region, key: oldKey, state } = card;
  const form = useZodForm<RegenerateFormInput, Typed>(
    async () => (await import("@/components/access-keys/form-schema")).regenerateFormSchema,
    { mode: "onChange", defaultValues: { expirationDate: "", overlapSeconds: "" } },
  );
  const { errors } = form.formState;
  const word = useWatch({ control: form.control, name: "confirm" });
  const overlap = useWatch({ control: form.control, name: "overlapSeconds" });
  const canKeep = region.overlaps && oldKey !== null && state === "ACTIVE";
  const working = Boolean(progress);
  const bound = region.revocationBoundSeconds;

  return (
    <form noValidate className="grid gap-4" onSubmit={form.submit(onRegenerate)}>
      <DialogDescription asChild>
        <div className="grid gap-3">
          <p className="text-foreground">Are you sure you want to regenerate the object storage key?</p>
          <p>
            A new key {card.name === null ? "" : `“${card.name}” `}for{" "}
            <strong className="font-medium text-foreground">{region.name}</strong> replaces the old one. The old key is
            removed after the new key is verified and has reached this browser.
          </p>
        </div>
      </DialogDescription>
      {canKeep ? (
        <OverlapField
          value={overlap ?? ""}
          onChange={(seconds) => form.setValue("overlapSeconds", seconds)}
          oldKeyExpiresAt={oldKey.expiresAt}
        />
      ) : null}
      <Notice look="warn">
        {overlap ? "When the old keys are removed, tools that use them" : "Tools that use the old keys"} lose access{" "}
        {describeBound(bound, findUsual(card, "replaced"))}
        {explainBound(bound)}. {oldKey ? <LastUseWarning use={oldKey} tells={region.tellsLastUse} /> : null}{" "}
        <HelpLink newTab about={canKeep ? "no-downtime" : "old-key-works"}>
          {canKeep ? "How to change keys with no downtime" : "Why old keys work on for a while"}
        </HelpLink>
      </Notice>
      <ExpirationField
        hint="Optional. Without a date the new key never expires."
        error={errors.expirationDate?.message}
        control={form.control}
        name="expirationDate"
      />
      <FormError message={error ?? errors.root?.message} />
      <ConfirmField typed={word} error={errors.confirm?.message} registration={form.register("confirm")} />
      {progress}
      <DialogButtons>
        <Button onClick={onCancel} disabled={working}>
          Cancel
        </Button>
        <Button type="submit" look="primary" disabled={!isConfirmWord(word)} busy={working}>
          Regenerate Keys
        </Button>
      </DialogButtons>
    </form>
  );
}
