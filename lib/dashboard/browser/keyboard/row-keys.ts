/** Rows of a list carry `data-row`, the link that opens one `data-open`, its box `data-select`. */
export function moveInList(by: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  if (rows.length === 0) return false;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, here + by));
  const target = rows[next]?.querySelector<HTMLElement>('[data-open]') ?? rows[next];
  target?.focus();
  return true;
}

export function selectRow(): boolean {
  const row = document.activeElement?.closest('[data-row]');
  const box = row?.querySelector<HTMLElement>('[data-select]');
  box?.click();
  return box !== null && box !== undefined;
}
