/** Finds an element for the focus, if there is one. */
export type FindFocus = () => HTMLElement | null | undefined;

/**
 * What opens a dialog: the control that has the focus, or the button of the menu that has the focus. Null where nothing
 * has the focus: some browsers give none to a button that is clicked.
 */
export function findOpener(): Element | null {
  const focused = document.activeElement;
  const menu = focused?.closest("[role=menu]");
  if (menu) return document.getElementById(menu.getAttribute("aria-labelledby") ?? "");
  return focused === document.body ? null : focused;
}

/**
 * Gives the focus back to what opened a dialog. When the opener is gone, or goes with a change of the page soon after,
 * `findFallback` says where the focus goes. Without it the focus would be lost, and the keyboard would start anew.
 */
export function returnFocus(opener: Element | null, findFallback: FindFocus): void {
  if (opener instanceof HTMLElement) opener.focus();
  if (!opener || document.activeElement !== opener) {
    findFallback()?.focus();
    return;
  }
  const observer = new MutationObserver(() => {
    if (document.activeElement === opener) return;
    observer.disconnect();
    if (!opener.isConnected && document.activeElement === document.body) findFallback()?.focus();
  });
  observer.observe(document.body, { childList: true, subtree: true });
}

/** The table that the opener is or was in, and the main part of the page where there is none. */
export function findPlaceAround(opener: Element | null): FindFocus {
  const table = opener?.closest<HTMLElement>("[role=group][tabindex]");
  return () => (table?.isConnected ? table : document.getElementById("content"));
}
