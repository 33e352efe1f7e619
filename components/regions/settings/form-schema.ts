import { z } from "zod";
import { plainText } from "@/lib/platform/text/plain-text";
import { slugSchema } from "@/lib/platform/text/slug";
import type { RegionFormKind } from "@/components/regions/settings/region-wish";

/** A field of a provider, as far as a form checks it. The server checks the rest. */
interface Wanted {
  name: string;
  required: boolean;
}

const text = plainText.max(4_096, "Use at most 4096 characters");
const address = text
  .trim()
  .min(1, "Give an address")
  .refine((url) => isAddress(url), "Give a URL such as https://s3.example.org");

/** What a person types before a region is checked. */
export function createRegionFormSchema(
  kind: RegionFormKind,
  settings: readonly Wanted[],
  credentials: readonly Wanted[],
) {
  const isWhole = kind !== "credentials";
  return z.object({
    name: isWhole ? slugSchema : z.string(),
    endpoint: isWhole ? address : z.string(),
    signingRegion: isWhole
      ? text.trim().min(1, "Give a signing region").max(64, "Use at most 64 characters")
      : z.string(),
    gateways: z
      .string()
      .max(4_096, "Use at most 4096 characters")
      .refine(
        (lines) => lines.split(/\s+/).every((line) => line === "" || isAddress(line)),
        "Give one URL a line, such as https://rgw-1.example.org",
      ),
    settings: isWhole ? fieldsOf(settings) : z.record(z.string(), z.string()),
    credentials: fieldsOf(kind === "edit" ? credentials.map((one) => ({ ...one, required: false })) : credentials),
  });
}

function fieldsOf(wanted: readonly Wanted[]) {
  return z.object(
    Object.fromEntries(wanted.map(({ name, required }) => [name, required ? text.min(1, "Fill this in") : text])),
  );
}

function isAddress(typed: string): boolean {
  return /^https?:/.test(typed) && URL.canParse(typed);
}
