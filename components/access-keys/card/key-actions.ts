import type { Card } from "@/lib/access-keys/schema";

/** The dialogs that change a key. */
export type KeyDialogName =
  | "enable"
  | "add"
  | "regenerate"
  | "expiration"
  | "deactivate"
  | "activate"
  | "retire"
  | "keep-longer"
  | "connect"
  | "disable";

/** What the person may do with the keys of the project. */
export interface KeyPermissions {
  issue: boolean;
  disable: boolean;
  /** Whether the person has to give a reason when disabling. */
  reasonRequired: boolean;
}

export interface KeyAction {
  dialog: KeyDialogName;
  text: string;
  look: "primary" | "secondary" | "quietDanger";
}

/** What role and state allow with the key of a card, or with one of its named keys. The server checks both again. */
export function listActions(
  { name, state, key, retiring, change, region, enableFrom }: Card,
  permissions: KeyPermissions,
): KeyAction[] {
  const mayIssue = permissions.issue && !region.disabled && !change;
  const mayEnable = name === null && mayIssue && !key && !enableFrom && state !== "ENABLING";
  const actions: (KeyAction | false)[] = [
    mayEnable && { dialog: "enable", text: "Enable CLI Access", look: "primary" },
    mayIssue && state === "INACTIVE" && region.switches && { dialog: "activate", text: "Activate", look: "primary" },
    mayIssue && key !== null && { dialog: "regenerate", text: "Regenerate Keys", look: "secondary" },
    mayIssue && key !== null && { dialog: "expiration", text: "Set expiration", look: "secondary" },
    key !== null && { dialog: "connect", text: "Connect a client", look: "secondary" },
    permissions.issue && retiring !== null && { dialog: "retire", text: "Retire now", look: "secondary" },
    permissions.issue && retiring !== null && { dialog: "keep-longer", text: "Keep longer", look: "secondary" },
    permissions.disable &&
      !change &&
      state === "ACTIVE" &&
      region.switches && { dialog: "deactivate", text: "Deactivate", look: "secondary" },
    permissions.disable &&
      (key !== null || retiring !== null || state === "ENABLING") && {
        dialog: "disable",
        text: "Disable Access",
        look: "quietDanger",
      },
  ];
  return actions.filter((action) => action !== false);
}

/** Whether a named key can be added to a card. The server checks it again. */
export function mayAddNamedKey({ region, enableFrom, namesLeft }: Card, permissions: KeyPermissions): boolean {
  return permissions.issue && !region.disabled && !enableFrom && namesLeft > 0;
}

/** A slot without a key, as a named key is before it is made. */
const NO_KEY = {
  state: "NOT CONFIGURED",
  key: null,
  retiring: null,
  change: null,
  notice: null,
  removed: true,
  receipts: [],
} as const;

/** The card as it would be if the named key were its key. Null: the card itself. */
export function viewSlot(card: Card, name: string | null): Card {
  if (name === null) return card;
  const slot = card.named.find((named) => named.name === name);
  return slot ? { ...card, ...slot } : { ...card, ...NO_KEY, receipts: [], name };
}
