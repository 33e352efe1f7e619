import { Download } from "lucide-react";
import { composeAddress } from "@/components/layout/parameters";
import { composeButtonClasses } from "@/components/ui/button-classes";
import { EXPORT_FORMATS } from "@/lib/audit-log/schema";

interface ExportLinksProps {
  /** The route that sends the file. */
  path: string;
  filter: Record<string, string | undefined>;
}

/** Links to the list as a file. The browser shows how much of the file has come. */
export function ExportLinks({ path, filter }: ExportLinksProps) {
  return (
    <div role="group" aria-label="Export" className="mb-4 flex flex-wrap items-center gap-2">
      {EXPORT_FORMATS.map((format) => (
        <a
          key={format}
          className={composeButtonClasses({ size: "sm" })}
          href={composeAddress(path, { ...filter, format })}
          download
        >
          <Download aria-hidden />
          Export {format.toUpperCase()}
        </a>
      ))}
      <p className="text-sm text-muted">What is listed here, oldest first. The browser shows the progress.</p>
    </div>
  );
}
