"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { CheckEnd, FindingList } from "@/components/regions/settings/finding-list";
import { RotateCredentials } from "@/components/regions/settings/rotate-credentials";
import { RotationNotice } from "@/components/regions/settings/rotation-notice";
import { SwitchRegion } from "@/components/regions/settings/switch-region";
import { useRegionCheck } from "@/components/regions/settings/use-region-check";
import { Button } from "@/components/ui/button";
import { composeButtonClasses } from "@/components/ui/button-classes";
import { FormError } from "@/components/ui/form-error";
import { checkRegionNow } from "@/lib/regions/actions";
import type { RegionDetail } from "@/lib/regions/schema";

/** What an administrator can do with a region. Of one that a file declares, only its check. */
export function RegionActions({ region }: { region: RegionDetail }) {
  const router = useRouter();
  const { run, busy, findings, end, refusal } = useRegionCheck();
  const { name, declared, disabledAt, noRotation, rotation } = region;
  const checkNow = async () => {
    await run(() => checkRegionNow({ name }));
    router.refresh();
  };
  return (
    <div className="mt-5 grid gap-4">
      <div className="flex flex-wrap gap-2">
        <Button look="primary" busy={busy} onClick={() => void checkNow()}>
          Check now
        </Button>
        {declared ? null : (
          <>
            <Link className={composeButtonClasses({})} href={`/admin/regions/${name}/edit`}>
              Edit
            </Link>
            <Link className={composeButtonClasses({})} href={`/admin/regions/${name}/credentials`}>
              Replace credentials
            </Link>
            {noRotation === null ? <RotateCredentials name={name} /> : null}
            <SwitchRegion name={name} on={disabledAt === null} />
          </>
        )}
      </div>
      {noRotation && !declared ? <p className="max-w-prose text-muted">{noRotation}</p> : null}
      {rotation ? <RotationNotice rotation={rotation} /> : null}
      <FormError message={refusal} />
      {findings.length > 0 || busy ? <FindingList findings={findings} /> : null}
      <CheckEnd end={busy ? undefined : end} />
    </div>
  );
}
