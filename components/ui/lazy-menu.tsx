"use client";

import { type ComponentProps, type ComponentType, type ReactElement, useState } from "react";

/** What the trigger gets until its menu is loaded. */
type TriggerProps = Pick<
  ComponentProps<"button">,
  "aria-haspopup" | "aria-expanded" | "onClick" | "onPointerEnter" | "onFocus"
>;

interface LazyMenuProps<Props> {
  /** Loads the menu. From then on the menu draws the trigger. It must start open. */
  load: () => Promise<ComponentType<Props & { trigger: ReactElement }>>;
  menuProps: Props;
  trigger: (props: TriggerProps) => ReactElement;
}

/** A button whose menu is loaded when the button is first pressed. Pointing at the button starts the download. */
export function LazyMenu<Props extends object>({ load, menuProps, trigger }: LazyMenuProps<Props>) {
  const [Menu, setMenu] = useState<ComponentType<Props & { trigger: ReactElement }>>();
  if (Menu) return <Menu {...menuProps} trigger={trigger({})} />;

  const ignore = () => undefined;
  const prefetch = () => void load().catch(ignore);
  // When the menu cannot be loaded, the button stays as it is, and the next press tries again.
  const open = () => void load().then((loaded) => setMenu(() => loaded), ignore);
  return trigger({
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onClick: open,
    onPointerEnter: prefetch,
    onFocus: prefetch,
  });
}
