/**
 * Puts text on the clipboard. The clipboard API exists only on https and loopback; elsewhere a text area inside
 * `within` is selected and copied the old way. It has to be inside: a dialog takes the focus back from anything
 * outside it. The text area is gone when this returns. Resolves to whether it worked.
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
