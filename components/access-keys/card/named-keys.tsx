import { EllipsisVertical, Plus } from "lucide-react";
import type { Card } from "@/lib/access-keys/schema";
import { Expires, Hint } from "@/components/access-keys/card/card-facts";
import { CardMessages } from "@/components/access-keys/card/card-messages";
import {
  type KeyDialogName,
  type KeyPermissions,
  listActions,
  viewSlot,
} from "@/components/access-keys/card/key-actions";
import { LastUsed } from "@/components/access-keys/last-use/last-used";
import { StateBadge } from "@/components/access-keys/state-badge";
import { Explain } from "@/components/help/explain";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { LazyMenu } from "@/components/ui/lazy-menu";
import { Time } from "@/components/ui/time";

interface NamedKeysProps {
  card: Card;
  permissions: KeyPermissions;
  mayAdd: boolean;
  onOpen: (dialog: KeyDialogName, name: string | null) => void;
}

/** The named keys of a card, each with a menu of what can be done with it, and the button that adds one. */
export function NamedKeys({ card, permissions, mayAdd, onOpen }: NamedKeysProps) {
  if (card.named.length === 0 && !mayAdd) return null;
  return (
    <section aria-label={`Named keys of ${card.region.name}`} className="border-t px-4 py-3">
      {card.named.length > 0 ? (
        <>
          <h4 className="mb-1 text-[0.8125rem] font-medium text-muted">Named keys</h4>
          <ul className="divide-y">
            {card.named.map(({ name }) => (
              <NamedKey
                key={name}
                card={viewSlot(card, name)}
                name={name ?? ""}
                permissions={permissions}
                onOpen={(dialog) => onOpen(dialog, name)}
              />
            ))}
          </ul>
        </>
      ) : null}
      {mayAdd ? (
        <Button look="ghost" size="sm" className="-ml-2" data-add onClick={() => onOpen("add", null)}>
          <Plus aria-hidden />
          Add named key
        </Button>
      ) : null}
    </section>
  );
}

interface NamedKeyProps {
  card: Card;
  name: string;
  permissions: KeyPermissions;
  onOpen: (dialog: KeyDialogName) => void;
}

function NamedKey({ card, name, permissions, onOpen }: NamedKeyProps) {
  const actions = listActions(card, permissions);
  return (
    <li aria-label={name} data-named={name} className="grid gap-2 py-2.5">
      <div className="flex items-start gap-2">
        <div className="grid min-w-0 flex-1 gap-1">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <bdi className="min-w-0 font-medium break-words">{name}</bdi>
            <span className="flex items-center gap-0.5">
              <StateBadge state={card.state} />
              <Explain name={card.state} />
            </span>
            <span className="flex items-center gap-0.5">
              <span className="text-[0.8125rem] text-muted">
                {card.access === "read-only" ? "Read only" : "Full access"}
              </span>
              <Explain name="Access" />
            </span>
          </div>
          {card.key ? <KeyLine accessKey={card.key} tellsLastUse={card.region.tellsLastUse} /> : null}
        </div>
        {actions.length > 0 ? (
          <LazyMenu
            load={async () => (await import("@/components/access-keys/card/named-key-menu")).NamedKeyMenu}
            menuProps={{ actions, onOpen }}
            trigger={(props) => (
              <Button
                size="icon"
                look="ghost"
                className="-my-1.75"
                aria-label={`Actions of ${name}`}
                data-menu
                {...props}
              >
                <EllipsisVertical aria-hidden />
              </Button>
            )}
          />
        ) : null}
      </div>
      <CardMessages card={card} />
      <Hint card={card} mayIssue={permissions.issue} />
    </li>
  );
}

interface KeyLineProps {
  accessKey: NonNullable<Card["key"]>;
  tellsLastUse: boolean;
}

function KeyLine({ accessKey, tellsLastUse }: KeyLineProps) {
  const { accessKeyId, createdAt, createdBy, expiresAt } = accessKey;
  return (
    <div className="flex flex-wrap items-center gap-x-3 text-[0.8125rem] text-muted">
      <span className="flex min-w-0 items-center gap-1">
        <span className="min-w-0 font-mono break-all text-foreground">{accessKeyId}</span>
        <CopyButton quiet text={accessKeyId} what="Access Key" label={`Copy the access key ${accessKeyId}`} />
      </span>
      <span>
        Created <Time iso={createdAt} /> by <bdi>{createdBy}</bdi>
      </span>
      <span>
        {expiresAt ? "Expires " : "Never expires"}
        {expiresAt ? <Expires {...accessKey} /> : null}
      </span>
      <span>
        Last used: <LastUsed use={accessKey} tells={tellsLastUse} />
      </span>
    </div>
  );
}
