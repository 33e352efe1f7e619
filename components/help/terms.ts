import type { KeyState } from "@/lib/access-keys/rules";
import type { CardState } from "@/lib/access-keys/schema";

type State = CardState | KeyState;

/** What each state of a card or a key means. */
export const STATE_TEXTS: Record<State, string> = {
  "NOT CONFIGURED": "The project has no key in this region yet. Enable CLI Access makes the first one.",
  ENABLING:
    "A key is being made: it is tried at every gateway and then sent to the browser. If it does not arrive there, it is removed again.",
  CREATING: "A key is being made and tried at every gateway.",
  ISSUED: "The key works and is on its way to the person who asked for it. If it does not arrive, it is removed again.",
  ACTIVE: "The key is switched on. Whoever has its secret key can use it.",
  INACTIVE: "The key is switched off and kept. Activate switches the same key on again.",
  RETIRING:
    "This is the old key of a rotation. It works beside the new one until the time that is shown, and is removed then.",
  REVOKING:
    "The end of the key is decided. It is removed, and every gateway is asked until it refuses the key. Until then the key may still work.",
  EXPIRED:
    "The date of the key has passed. A later date switches the key on again where the storage system can do that. Elsewhere the key is removed, and a new one can be made.",
  DISABLED: "CLI access is off and the keys are removed. Buckets and data stay, and access can be enabled again.",
  REVOKED: "The key is removed. Its receipt tells when each gateway refused it.",
  FAILED: "The key was not delivered, and was removed again. Nobody has its secret key.",
};

/** What the other words beside a key mean. */
export const WORD_TEXTS = {
  "Last used":
    "The last request with this key that the storage system has told the portal of. Not every storage system tells that, and the portal asks only from time to time.",
  Receipt:
    "The measured proof that a removed key is refused: a line for each gateway, with the time until it refused the key. A gateway that cannot be measured is named.",
  Access:
    "A key with full access reads and writes. A read-only key lists and reads objects. What else it may do depends on the storage system: the dialog that makes the key tells it.",
  "As of":
    "When the storage system was asked for these figures. It is asked once an hour, and also when somebody looks and the figures are older than a minute.",
  "Time to refusal":
    "Gateways may keep a key in memory after the storage system has removed it. The dialogs name the longest time of the region and, where it was measured, the usual time.",
} as const;

export type TermName = State | keyof typeof WORD_TEXTS;
