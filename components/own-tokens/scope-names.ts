import type { TokenScope } from "@/lib/api-tokens/schema";

/** What people read for a scope. */
export const SCOPE_NAMES: Record<TokenScope, string> = {
  read: "Read",
  write: "Read and change keys",
  manage: "Everything that you may do",
};
