import type { ReactNode } from "react";
import type { Card } from "@/lib/access-keys/schema";

/** What the two questions before a new pair have in common. */
export interface IssueFormProps {
  region: Card["region"];
  error: string | undefined;
  /** The progress line while it works; the form holds still then, with all that was typed. */
  working: ReactNode;
  onStart: () => void;
  onCancel: () => void;
}
