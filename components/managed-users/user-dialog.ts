import type { UserRow } from "@/lib/users/schema";

/** The dialogs of one user. */
export type UserDialogName = "edit" | "reset-password" | "end-sessions" | "disable" | "enable";

export type DialogUser = Pick<UserRow, "email" | "name" | "platformRole" | "waitsForSetUp" | "disabledAt">;

export interface UserDialogProps {
  user: DialogUser;
  /** Whether this is the person who looks at the table. */
  own: boolean;
  onClose: () => void;
}
