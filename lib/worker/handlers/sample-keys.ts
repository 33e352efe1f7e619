import { sampleKeys } from "@/lib/access-keys/repair/sample-keys";

export function handleSampleKeys(): Promise<void> {
  return sampleKeys();
}
