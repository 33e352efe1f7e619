import type { ComponentProps } from "react";
import { cn } from "@/components/ui/cn";

/** A table in a box that scrolls sideways. The box can be focused, so that the keyboard can scroll it. */
export function Table({ label, className, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    <div
      role="group"
      aria-label={label}
      tabIndex={0}
      className="overflow-x-auto rounded-lg border bg-surface shadow-low"
    >
      <table className={cn("w-full border-collapse text-left", className)} {...rest} />
    </div>
  );
}

interface TableHeadProps {
  columns: readonly string[];
  /** The columns of numbers, which are aligned to the right. */
  numeric?: readonly string[];
}

export function TableHead({ columns, numeric = [] }: TableHeadProps) {
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th
            key={column}
            scope="col"
            className={cn(
              "border-b bg-sunken px-3.5 py-2 text-xs font-medium whitespace-nowrap text-muted first:rounded-tl-lg last:rounded-tr-lg",
              numeric.includes(column) && "text-right",
            )}
          >
            {column}
          </th>
        ))}
      </tr>
    </thead>
  );
}

export function Td({ className, ...rest }: ComponentProps<"td">) {
  return <td className={cn("border-b px-3.5 py-2.5 align-top [tr:last-child>&]:border-b-0", className)} {...rest} />;
}
