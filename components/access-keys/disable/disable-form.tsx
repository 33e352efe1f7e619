import { useWatch } from "react-hook-form";
import { ConfirmField, isConfirmWord } from "@/components/access-keys/confirm-field";
import { LastUseWarning } from "@/components/access-keys/last-use/last-used";
import { describeBound, describeDuration, describeUsual, explainBound, findUsual } from "@/lib/revocation-bounds/rules";
import { HelpLink } from "@/components/help/help-link";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Textarea } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { ProgressLine } from "@/components/ui/progress-line";
import { useZodForm } from "@/components/ui/use-zod-form";
import type { DisableForm as Confirmation } from "@/components/access-keys/form-schema";
import type { Card } from "@/lib/access-keys/schema";

interface DisableFormProps {
  card: Card;
  reasonRequired: boolean;
  error: string | undefined;
  working: boolean;
  onDisable: (confirmation: Confirmation) => Promise<unknown>;
  onCancel: () => void;
}

export function DisableForm({ card, reasonRequired, error, working, onDisable, onCancel }: DisableFormProps) {
  const form = useZodForm<Confirmation, Confirmation>(
    async () => {
      const schema = await import("@/components/access-keys/form-schema");
      return reasonRequired ? schema.disableWithReasonFormSchema : schema.disableFormSchema;
    },
    { mode: "onChange" },
  );
  const { errors } = form.formState;
  const word = useWatch({ control: form.control, name: "confirm" });

  return (
    <form noValidate className="grid gap-4" onSubmit={form.submit(onDisable)}>
      <DialogDescription>
        <span className="text-foreground">
          {card.name === null
            ? "Are you sure you want to disable the Object Storage Command Line Interface (CLI)?"
            : `Are you sure you want to disable the key “${card.name}” of ${card.region.name}?`}
        </span>
      </DialogDescription>
      <Consequences card={card} />
      <FormError message={error ?? errors.root?.message} />
      <ConfirmField typed={word} error={errors.confirm?.message} registration={form.register("confirm")} />
      {reasonRequired ? (
        <Field label="Reason" hint="The members of the project read it beside the key." error={errors.reason?.message}>
          {(control) => <Textarea {...control} {...form.register("reason")} required />}
        </Field>
      ) : null}
      {working ? (
        <ProgressLine whenSlow="This takes longer than usual. The decision is recorded, and the removal goes on even if you leave.">
          Removing the keys from the storage system…
        </ProgressLine>
      ) : null}
      <DialogButtons>
        <Button onClick={onCancel} disabled={working}>
          Cancel
        </Button>
        <Button type="submit" look="danger" disabled={!isConfirmWord(word)} busy={working}>
          Disable
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What disabling breaks, from when on the keys are refused, and what stays. */
function Consequences({ card }: { card: Card }) {
  const { region, key, others } = card;
  const bound = region.revocationBoundSeconds;
  const usual = findUsual(card, "ended");
  // The project is stopped as a whole only when no other key of it is meant to work.
  const suspends = region.suspends && others === 0;
  return (
    <Notice look="warn">
      <ul className="grid gap-0.5">
        <li>This breaks every CLI session and integration that uses these credentials.</li>
        <li>
          {suspends
            ? `This stops every key of this project in ${region.name} ${usual === null ? "within seconds" : `after usually ${describeUsual(usual)}`}. Where that is not possible, the keys are refused ${describeBound(bound)}.`
            : `${card.name === null ? `The keys of ${region.name} are` : "The key is"} refused ${describeBound(bound, usual)}${explainBound(bound)}.`}
        </li>
        {key && (key.lastUsedAsOf || !region.tellsLastUse) ? (
          <li>
            <LastUseWarning use={key} tells={region.tellsLastUse} />
          </li>
        ) : null}
        {suspends && bound !== null ? (
          <li>
            CLI access can be enabled again after {describeDuration(bound)}: until then gateways may hold the old keys.
          </li>
        ) : null}
        {others > 0 ? (
          <li>
            {others === 1
              ? `The other key of this project in ${region.name} works on.`
              : `The ${others} other keys of this project in ${region.name} work on.`}
          </li>
        ) : null}
        <li>
          Your buckets and data stay.{" "}
          <HelpLink newTab about="old-key-works">
            Why keys work on for a while
          </HelpLink>
        </li>
      </ul>
    </Notice>
  );
}
