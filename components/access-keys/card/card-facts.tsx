import type { Card } from "@/lib/access-keys/schema";
import { CardMessages } from "@/components/access-keys/card/card-messages";
import { LastUsed } from "@/components/access-keys/history/last-used";
import { isSettled } from "@/components/access-keys/history/receipt";
import { describeNearEnd } from "@/components/access-keys/lifecycle/describe-end";
import { CopyButton } from "@/components/ui/copy-button";
import { Fact, Facts } from "@/components/ui/facts";
import { Time } from "@/components/ui/time";
import { UtcTime } from "@/components/ui/utc-time";

/** The facts of a card about its region and key, and what they mean. */
export function CardFacts({ card, mayIssue }: { card: Card; mayIssue: boolean }) {
  const { region, key } = card;
  return (
    <div className="grid gap-3 px-4 py-3.5">
      <Facts>
        {key ? (
          <Fact name="Access Key">
            <Copyable text={key.accessKeyId} what="Access Key" label={`Copy the access key of ${region.name}`} />
          </Fact>
        ) : null}
        <Fact name="Endpoint URL">
          <Copyable text={region.endpoint} what="Endpoint URL" label={`Copy the endpoint of ${region.name}`} />
        </Fact>
        <Fact name="Signing region">
          <span className="font-mono text-[0.8125rem]">{region.signingRegion}</span>
        </Fact>
        {key ? (
          <>
            <Fact name="Created">
              <Time iso={key.createdAt} /> by {key.createdBy}
            </Fact>
            <Fact name="Expires">
              <Expires {...key} />
            </Fact>
            <Fact name="Last used">
              <LastUsed use={key} tells={region.tellsLastUse} />
            </Fact>
          </>
        ) : null}
      </Facts>
      <CardMessages card={card} />
      <Hint card={card} mayIssue={mayIssue && !card.enableFrom} />
      {card.enableFrom ? (
        <p className="text-[0.8125rem] text-muted">
          CLI access can be enabled again from <Time exact iso={card.enableFrom} />: until then gateways may hold the
          old keys.
        </p>
      ) : null}
    </div>
  );
}

function Expires({ expiresAt, expiresInSeconds }: NonNullable<Card["key"]>) {
  if (!expiresAt) return "Never";
  const near = describeNearEnd(expiresInSeconds);
  return (
    <span>
      <Time iso={expiresAt} /> (<UtcTime date={new Date(expiresAt)} />){" "}
      {near ? <span className="font-medium whitespace-nowrap text-warn">expires {near}</span> : null}
    </span>
  );
}

function Copyable({ text, what, label }: { text: string; what: string; label: string }) {
  return (
    <span className="flex min-w-0 items-center gap-1">
      <span className="min-w-0 font-mono text-[0.8125rem] break-all">{text}</span>
      <CopyButton quiet text={text} what={what} label={label} />
    </span>
  );
}

const NO_SWITCH =
  "The storage system of this region cannot switch a single key off: disable the access, or regenerate the keys.";

/** What the state means, and what to do next. */
function Hint({ card, mayIssue }: { card: Card; mayIssue: boolean }) {
  const text = card.region.disabled
    ? "This region is switched off by the administrators. Keys cannot be made here for now."
    : describeState(card, mayIssue);
  return text ? <p className="text-[0.8125rem] text-muted">{text}</p> : null;
}

function describeState({ state, key, region, removed, receipts }: Card, mayIssue: boolean): string | undefined {
  switch (state) {
    case "EXPIRED":
      if (key)
        return `The key has expired and is switched off.${mayIssue ? " A later date switches it on again." : ""}`;
      return `The key expired and was removed. Buckets and data are as they were${mayIssue ? "; enabling makes a new key" : ""}.`;
    case "INACTIVE":
      return `The key is switched off.${mayIssue ? " Activate switches the same key on again." : ""}`;
    case "NOT CONFIGURED":
      return mayIssue
        ? "No keys yet. Enable CLI access to work here with aws, s3cmd, rclone or an SDK."
        : "No keys yet.";
    case "DISABLED":
      return `CLI access is off. Buckets and data are as they were${mayIssue ? "; enabling makes a new key" : ""}.`;
    case "REVOKING":
      if (!removed) return "The keys are being removed from the storage system.";
      return receipts.every(isSettled)
        ? "The keys are removed. A gateway that cannot be measured may accept them until the longest possible time has passed."
        : "The keys are removed. Each gateway is asked until it refuses them.";
    case "ACTIVE":
      if (!mayIssue) return undefined;
      return [
        "The secret key was shown once and is kept nowhere. If it is lost, Regenerate Keys makes a new key.",
        ...(region.switches ? [] : [NO_SWITCH]),
      ].join(" ");
    default:
      return undefined;
  }
}
