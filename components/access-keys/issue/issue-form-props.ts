import type { ReactNode } from "react";
import type { Card } from "@/lib/access-keys/schema";

/** What the forms of Enable CLI Access and Regenerate Keys have in common. */
export interface IssueFormProps {
  card: Card;
  error: string | undefined;
  /** The progress line while the key is made; undefined otherwise. The form keeps what was typed. */
  progress: ReactNode;
  onCancel: () => void;
}
