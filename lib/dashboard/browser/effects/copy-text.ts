/** Copies by the clipboard where the page may (https, localhost), else by a field that is selected. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyFromField(text);
  }
}

function copyFromField(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'unseen';
  document.body.append(field);
  field.select();
  // The only way on a page without TLS, where the clipboard is not offered.
  const isCopied = document.execCommand('copy');
  field.remove();
  return isCopied;
}
