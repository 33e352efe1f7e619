/**
 * What must never be.
 * - `orphan`: a key lives on a storage system that the portal does not call live
 * - `undead`: a pair that the portal calls dead is accepted
 * - `broken`: a pair that the portal calls active is not
 * - `stopped`: all keys of a project are suspended on a storage system and the portal does not know it
 * - `lost`: what stands is not the last change that was acknowledged
 * - `secret`: a secret is at rest somewhere
 * - `unsettled`: something is still to be done long after nothing hinders it
 * - `untrue`: the portal says what is not so
 * - `late-write`: a pair is made on a storage system after its end was decided
 * - `unchecked`: a check had nothing to try, and so has found nothing
 */
export interface Violation {
  kind:
    | "orphan"
    | "undead"
    | "broken"
    | "stopped"
    | "lost"
    | "secret"
    | "unsettled"
    | "untrue"
    | "late-write"
    | "unchecked";
  what: string;
}
