import type { Random } from "./random";

/** Something that goes wrong from outside. Resolves when it is over, with whether it has hit anything. */
export interface FaultKind {
  name: string;
  /** Whether it ends a process. */
  crash: boolean;
  /** How often it is chosen, beside the others. */
  weight: number;
  /** So long after one it is rarely chosen again. */
  restMs: number;
  strike: (random: Random) => Promise<boolean>;
}
