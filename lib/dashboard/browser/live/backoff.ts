const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** How long to wait before the connection is tried again; `chance` in 0…1 keeps a hundred pages from coming at once. */
export function reconnectDelayMs(failures: number, chance: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(full / 2 + (full / 2) * chance);
}
