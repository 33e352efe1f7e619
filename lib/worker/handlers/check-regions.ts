import { checkRegions } from "@/lib/regions/mutations";

export function handleCheckRegions(): Promise<void> {
  return checkRegions();
}
