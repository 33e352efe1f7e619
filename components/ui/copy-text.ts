/**
 * Puts a text on the clipboard. Resolves to whether that worked. Browsers have the clipboard API only on https and
 * loopback. Elsewhere a text area is added to `within`, selected, copied and removed again. In a dialog, `within` must
 * be a part of the dialog, because the dialog takes the focus back from anything outside.
 */
export async function copyText(text: string, within: HTMLElement): Promise<boolean> {
  if (window.isSecureContext && navigator.clipboard) {
    const written = await navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
    if (written) return true;
  }
  return copyBySelection(text, within);
}

function copyBySelection(text: string, within: HTMLElement): boolean {
  const focused = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.readOnly = true;
  area.tabIndex = -1;
  area.style.position = "fixed";
  area.style.opacity = "0";
  within.append(area);
  try {
    area.select();
    return document.execCommand("copy");
  } finally {
    area.value = "";
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
