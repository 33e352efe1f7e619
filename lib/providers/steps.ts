import { ProviderError } from "@/lib/providers/errors";

/**
 * What a check looks at, in this order.
 * - `settings`: the settings fit the kind of storage system
 * - `address`: the admin API answers
 * - `clock`: the storage system's clock agrees with the portal's
 * - `credentials`: the storage system accepts the admin credentials
 * - `rights`: the credentials may do what the driver needs
 * - `storage`: the storage system has what the settings name
 * - `gateways`: each gateway answers, and accepts a new key
 * - `version`: no published vulnerability is open there, as far as the version is known
 * - `owner`: the storage system belongs to this region, and to no other one
 * - `key`: a key can be made and removed
 * - `uploads`: uploads with checksums are stored as they were sent
 */
export const CHECK_STEPS = [
  "settings",
  "address",
  "clock",
  "credentials",
  "rights",
  "storage",
  "gateways",
  "version",
  "owner",
  "key",
  "uploads",
] as const;
export type CheckStep = (typeof CHECK_STEPS)[number];

/** What one step of a check found. The texts are sentences without a capital letter and a full stop. */
export interface StepFinding {
  step: CheckStep;
  outcome: "passed" | "warning" | "failed";
  text: string;
  /** What an admin does about it. */
  remedy?: string | undefined;
}

/** What is told each finding. */
interface Reporter {
  report?: ((finding: StepFinding) => void) | undefined;
}

interface Step<T> {
  step: CheckStep;
  /** What is true when the step passed. */
  passed: string | ((result: T) => string);
  /** What an admin does when it failed. The error's own remedy goes before. */
  remedy: string;
}

/** Runs one step of a check, and reports how it ended. Throws what `work` throws. */
export async function runStep<T>(
  { report }: Reporter,
  { step, passed, remedy }: Step<T>,
  work: () => Promise<T> | T,
): Promise<T> {
  try {
    const result = await work();
    report?.({ step, outcome: "passed", text: typeof passed === "string" ? passed : passed(result) });
    return result;
  } catch (error) {
    if (error instanceof ProviderError)
      report?.({ step, outcome: "failed", text: error.message, remedy: error.remedy ?? remedy });
    throw error;
  }
}

/** Reports the warnings of a step, or that there are none. */
export function reportWarnings(
  { report }: Reporter,
  step: CheckStep,
  warnings: readonly string[],
  passed: string,
): void {
  if (warnings.length === 0) report?.({ step, outcome: "passed", text: passed });
  for (const text of warnings) report?.({ step, outcome: "warning", text });
}

/** The step of a check that looks at one gateway. */
export function gatewayStep({ name, endpoint }: { name: string; endpoint: string }) {
  return {
    step: "gateways",
    passed: `${name} at ${endpoint} answers`,
    remedy: "start the gateway, correct its address, or take it out of the list",
  } as const;
}
