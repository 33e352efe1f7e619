import type { Random } from "../random";

/** Something that goes wrong outside of the portal. */
export interface FaultKind {
  name: string;
  /** Whether the fault ends a process. */
  crash: boolean;
  /** How often this kind is chosen, relative to the others. */
  weight: number;
  /** For this long after one fault of this kind, another one is unlikely. */
  restMs: number;
  /** Injects the fault. Resolves when the fault is over, with whether it hit anything. */
  inject: (random: Random) => Promise<boolean>;
}
