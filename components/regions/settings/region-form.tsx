"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { CheckEnd, FindingList } from "@/components/regions/settings/finding-list";
import { ProviderFields } from "@/components/regions/settings/provider-fields";
import { composeWish, type RegionFormKind, type RegionFormValues } from "@/components/regions/settings/region-wish";
import { RotationNotice } from "@/components/regions/settings/rotation-notice";
import { useRegionCheck } from "@/components/regions/settings/use-region-check";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Field } from "@/components/ui/field";
import { FormError } from "@/components/ui/form-error";
import { Input, Textarea } from "@/components/ui/input";
import { useToasts } from "@/components/ui/toasts";
import { useCallAction } from "@/components/ui/use-call-action";
import { useZodForm } from "@/components/ui/use-zod-form";
import { saveRegion, testRegion } from "@/lib/regions/actions";
import type { ProviderForm, RegionDetail } from "@/lib/regions/schema";

const LOST = "The portal did not answer, so it is not known whether the region was saved. Look at the list of regions.";

interface RegionFormProps {
  kind: RegionFormKind;
  form: ProviderForm;
  /** The region that is changed. */
  region?: RegionDetail;
}

/** The form of a region. It can be saved as it was when its check passed, and not otherwise. */
export function RegionForm({ kind, form: provider, region }: RegionFormProps) {
  const callAction = useCallAction();
  const router = useRouter();
  const toasts = useToasts();
  const check = useRegionCheck();
  const [checked, setChecked] = useState<string>();
  const [saving, setSaving] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [removed, setRemoved] = useState<string[]>([]);
  const [despiteRotation, setDespiteRotation] = useState(false);
  const form = useZodForm<RegionFormValues, RegionFormValues>(
    async () =>
      (await import("@/components/regions/settings/form-schema")).createRegionFormSchema(
        kind,
        provider.settings,
        provider.credentials,
      ),
    { defaultValues: startValues(provider, region) },
  );
  const { errors } = form.formState;
  const present = provider.credentials.filter(({ name }) => region?.givenCredentials.includes(name));
  const offered = present.filter(({ required }) => !required).map(({ name }) => name);
  const kept = kind === "edit" ? provider.credentials.map(({ name }) => name) : offered;
  const choices = { removed, despiteRotation };
  const wish = composeWish(kind, provider.kind, form.watch(), choices);
  const isChecked = checked === JSON.stringify(wish);

  async function test(values: RegionFormValues): Promise<void> {
    const tested = composeWish(kind, provider.kind, values, choices);
    setRefusal(undefined);
    setChecked(undefined);
    if (await check.run(() => testRegion(tested))) setChecked(JSON.stringify(tested));
  }

  async function save(): Promise<void> {
    setSaving(true);
    setRefusal(undefined);
    const reply = await callAction(() => saveRegion(wish));
    setSaving(false);
    if (reply.kind !== "data") return setRefusal(reply.kind === "refused" ? reply.message : LOST);
    if (!reply.data.ok) {
      setChecked(undefined);
      return check.show(reply.data);
    }
    void toasts.show("success", reply.data.message);
    router.push(`/admin/regions/${wish.region.name}`);
    router.refresh();
  }

  const text = { autoComplete: "off", spellCheck: false, className: "font-mono text-[0.8125rem]" };
  return (
    <form noValidate className="grid max-w-2xl gap-4" onSubmit={form.submit(test)}>
      {kind === "new" ? (
        <Field
          label="Name"
          hint="People see it, and clients name their profiles after it. It cannot be changed later."
          error={errors.name?.message}
        >
          {(control) => <Input {...control} {...form.register("name")} {...text} required />}
        </Field>
      ) : null}
      {kind === "credentials" ? null : (
        <>
          <Field
            label="Endpoint"
            hint="The S3 address that people put in their tools, such as https://s3.example.org."
            error={errors.endpoint?.message}
          >
            {(control) => <Input {...control} {...form.register("endpoint")} {...text} inputMode="url" required />}
          </Field>
          <Field
            label="Signing region"
            hint="The region name that S3 requests are signed with: on Ceph the name of the zone group, mostly default."
            error={errors.signingRegion?.message}
          >
            {(control) => <Input {...control} {...form.register("signingRegion")} {...text} required />}
          </Field>
          <Field
            label="Gateways"
            hint="The S3 address of each gateway behind the endpoint, one a line. Keys are verified and revocation is measured there. Left empty: the endpoint."
            error={errors.gateways?.message}
          >
            {(control) => <Textarea {...control} {...form.register("gateways")} {...text} />}
          </Field>
          <ProviderFields part="settings" fields={provider.settings} register={form.register} errors={errors} />
        </>
      )}
      <ProviderFields
        part="credentials"
        fields={provider.credentials}
        kept={kept}
        removal={{ offered, chosen: removed, onChoose: setRemoved }}
        register={form.register}
        errors={errors}
      />
      {region?.rotation ? (
        <>
          <RotationNotice rotation={region.rotation} />
          <Checkbox
            label="Change the region although a rotation is not finished"
            checked={despiteRotation}
            onCheckedChange={(checked) => setDespiteRotation(checked === true)}
          />
        </>
      ) : null}
      <FormError message={refusal ?? check.refusal ?? errors.root?.message} />
      {check.findings.length > 0 || check.busy ? <FindingList findings={check.findings} /> : null}
      <CheckEnd end={check.busy ? undefined : check.end} />
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" busy={check.busy} disabled={saving}>
          Test connection
        </Button>
        <Button look="primary" busy={saving} disabled={check.busy || !isChecked} onClick={() => void save()}>
          Save
        </Button>
        <span className="text-[0.8125rem] text-muted">
          {isChecked ? "The check passed." : "Save is possible when the check passed."}
        </span>
      </div>
    </form>
  );
}

function startValues({ settings, credentials }: ProviderForm, region: RegionDetail | undefined): RegionFormValues {
  return {
    name: region?.name ?? "",
    endpoint: region?.endpoint ?? "",
    signingRegion: region?.signingRegion ?? "",
    gateways: region?.gateways.join("\n") ?? "",
    settings: Object.fromEntries(
      settings.map(({ name, kind }) => [name, region?.settings[name] ?? (kind === "boolean" ? "false" : "")]),
    ),
    credentials: Object.fromEntries(credentials.map(({ name }) => [name, ""])),
  };
}
