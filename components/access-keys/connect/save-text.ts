/**
 * Saves a file from the browser's memory, without the network. Its address is revoked right after that. Browsers add an
 * ending to the name of a `text/plain` file that has none.
 */
export function saveText(name: string, text: string, type = "application/octet-stream"): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser starts reading after this task.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
