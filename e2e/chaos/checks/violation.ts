/**
 * What must never be the case.
 * - `orphan`: a storage system has a key that the portal does not call live
 * - `still-accepted`: a gateway accepts a key that the portal calls revoked or failed
 * - `broken`: a gateway does not accept a key that the portal calls active
 * - `suspended`: a storage system has suspended a project and the portal does not know it
 * - `lost`: the state of a slot is not what the last acknowledged change left
 * - `secret`: a secret is stored somewhere
 * - `unsettled`: something is still open long after the last fault
 * - `wrong-answer`: the portal told somebody what is not so
 * - `late-write`: a storage system got a write that creates a key after that key had ended
 * - `unchecked`: a check could not read something, or found nothing to verify
 */
export interface Violation {
  kind:
    | "orphan"
    | "still-accepted"
    | "broken"
    | "suspended"
    | "lost"
    | "secret"
    | "unsettled"
    | "wrong-answer"
    | "late-write"
    | "unchecked";
  what: string;
}
