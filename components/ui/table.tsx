import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/components/ui/cn";

/**
 * A table in a box that scrolls sideways. The box can be focused, so that the keyboard can scroll it. On a phone each row
 * is a block (`stacked-table` in app/globals.css). Roles are named, because some browsers take them from how a table is
 * displayed.
 */
export function Table({ label, className, ...rest }: ComponentProps<"table"> & { label: string }) {
  return (
    <div
      role="group"
      aria-label={label}
      tabIndex={0}
      className="overflow-x-auto rounded-lg border bg-surface shadow-low"
    >
      <table role="table" className={cn("stacked-table w-full border-collapse text-left", className)} {...rest} />
    </div>
  );
}

interface TableHeadProps {
  columns: readonly string[];
  /** The columns of numbers, which are aligned to the right. */
  numeric?: readonly string[];
  /** What stands in the heads of some columns in place of their names, such as links that sort. */
  heads?: Record<string, ReactNode>;
  /** The column by which the rows are sorted. */
  sorted?: { column: string; direction: "ascending" | "descending" };
}

export function TableHead({ columns, numeric = [], heads = {}, sorted }: TableHeadProps) {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {columns.map((column) => (
          <th
            key={column}
            scope="col"
            role="columnheader"
            aria-sort={sorted?.column === column ? sorted.direction : undefined}
            className={cn(
              "border-b bg-sunken px-3.5 py-2 text-xs font-medium whitespace-nowrap text-muted first:rounded-tl-lg last:rounded-tr-lg",
              numeric.includes(column) && "text-right",
            )}
          >
            {heads[column] ?? column}
          </th>
        ))}
      </tr>
    </thead>
  );
}

export function TableBody(props: ComponentProps<"tbody">) {
  return <tbody role="rowgroup" {...props} />;
}

export function Tr(props: ComponentProps<"tr">) {
  return <tr role="row" {...props} />;
}

/** A cell. `label` is the name of its column, which stands beside it on a phone. */
export function Td({ label, className, ...rest }: ComponentProps<"td"> & { label?: string }) {
  return (
    <td
      role="cell"
      data-label={label}
      className={cn("border-b px-3.5 py-2.5 align-top [tr:last-child>&]:border-b-0", className)}
      {...rest}
    />
  );
}
