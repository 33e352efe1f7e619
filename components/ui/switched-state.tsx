/** "Active", or "Switched off" for something that was disabled. */
export function SwitchedState({ disabledAt }: { disabledAt: string | null }) {
  return disabledAt ? <span className="text-muted">Switched off</span> : "Active";
}
