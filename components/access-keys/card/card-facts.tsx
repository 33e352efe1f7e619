import type { Card } from "@/lib/access-keys/schema";
import { CardMessages } from "@/components/access-keys/card/card-messages";
import { LastUsed } from "@/components/access-keys/last-use/last-used";
import { isSettled } from "@/lib/receipt-lines/rules";
import { describeNearEnd } from "@/components/access-keys/lifecycle/describe-end";
import { Explain } from "@/components/help/explain";
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
              <span className="min-w-0 break-words">
                <Time iso={key.createdAt} /> by <bdi>{key.createdBy}</bdi>
              </span>
            </Fact>
            <Fact name="Expires">
              <Expires {...key} />
            </Fact>
            <Fact name="Last used" help={<Explain name="Last used" />}>
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

/** When a key expires, in the person's time zone and in UTC, and how soon when that is near. */
export function Expires({ expiresAt, expiresInSeconds }: NonNullable<Card["key"]>) {
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
export function Hint({ card, mayIssue }: { card: Card; mayIssue: boolean }) {
  const text = card.region.disabled
    ? "Object storage is not enabled in this region. Keys cannot be made or switched on here; keys that exist work on."
    : describeState(card, mayIssue);
  return text ? <p className="text-[0.8125rem] text-muted">{text}</p> : null;
}

function describeState(card: Card, mayIssue: boolean): string | undefined {
  return card.name === null ? describeCard(card, mayIssue) : describeNamed(card, mayIssue);
}

const EXPIRED_ON = "The key has expired and is switched off.";
const LATER_DATE = " A later date switches it on again.";
const SWITCHED_OFF = "The key is switched off.";
const SAME_KEY = " Activate switches the same key on again.";
const OLD_WORKS = "The new key has ended. The old one works until its time.";

/** A named key is told about only where its state asks for something. */
function describeNamed({ state, key, retiring, removed }: Card, mayIssue: boolean): string | undefined {
  switch (state) {
    case "EXPIRED":
      if (key) return EXPIRED_ON + (mayIssue ? LATER_DATE : "");
      return "The key expired and was removed. A key with this name can be added again.";
    case "INACTIVE":
      return SWITCHED_OFF + (mayIssue ? SAME_KEY : "");
    case "REVOKING":
      if (retiring) return OLD_WORKS;
      return removed ? undefined : "The key is being removed from the storage system.";
    default:
      return undefined;
  }
}

function describeCard(
  { state, key, retiring, region, removed, receipts }: Card,
  mayIssue: boolean,
): string | undefined {
  switch (state) {
    case "EXPIRED":
      if (key) return EXPIRED_ON + (mayIssue ? LATER_DATE : "");
      return `The key expired and was removed. Buckets and data are as they were${mayIssue ? "; enabling makes a new key" : ""}.`;
    case "INACTIVE":
      return SWITCHED_OFF + (mayIssue ? SAME_KEY : "");
    case "NOT CONFIGURED":
      return mayIssue
        ? "No keys yet. Enable CLI access to work here with aws, s3cmd, rclone or an SDK."
        : "No keys yet. An admin or a member+ of the project makes them.";
    case "DISABLED":
      return `CLI access is off. Buckets and data are as they were${mayIssue ? "; enabling makes a new key" : ""}.`;
    case "REVOKING":
      if (retiring) return OLD_WORKS;
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
