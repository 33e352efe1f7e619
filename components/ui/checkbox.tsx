"use client";

import { Check } from "lucide-react";
import { Checkbox as Primitive } from "radix-ui";
import { type ComponentProps, useId } from "react";

interface CheckboxProps extends Omit<ComponentProps<typeof Primitive.Root>, "id" | "children"> {
  label: string;
}

/** A check box with its label. */
export function Checkbox({ label, ...rest }: CheckboxProps) {
  const id = useId();
  return (
    <div className="flex items-center gap-2.5">
      <Primitive.Root
        id={id}
        className="grid size-5 shrink-0 place-content-center rounded border border-control bg-surface data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=checked]:text-on-accent"
        {...rest}
      >
        <Primitive.Indicator>
          <Check aria-hidden className="size-3.5" strokeWidth={3} />
        </Primitive.Indicator>
      </Primitive.Root>
      <label htmlFor={id} className="py-0.5 font-medium select-none">
        {label}
      </label>
    </div>
  );
}
