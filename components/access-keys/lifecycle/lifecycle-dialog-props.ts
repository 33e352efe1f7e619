import type { FindFocus } from "@/components/ui/return-focus";
import type { Card } from "@/lib/access-keys/schema";

/** What the dialogs that change an existing key have in common. */
export interface LifecycleDialogProps {
  project: string;
  card: Card;
  onClose: () => void;
  findFallback: FindFocus;
}
