import { Download } from "lucide-react";
import { composeAddress } from "@/components/layout/parameters";
import { composeButtonClasses } from "@/components/ui/button-classes";
import { EXPORT_FORMATS } from "@/lib/bulk-revocations/schema";

/** Links to the results as a file. */
export function ExportLinks({ id, result }: { id: string; result: string | undefined }) {
  return (
    <div role="group" aria-label="Export" className="flex flex-wrap gap-2">
      {EXPORT_FORMATS.map((format) => (
        <a
          key={format}
          className={composeButtonClasses({ size: "sm" })}
          href={composeAddress(`/api/support/bulk-revocations/${id}/export`, { format, result })}
          download
        >
          <Download aria-hidden />
          Export {format.toUpperCase()}
        </a>
      ))}
    </div>
  );
}
