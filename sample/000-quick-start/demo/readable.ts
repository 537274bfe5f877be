/** `1962` reads `1,962`. */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/** `12345` ms read `12.3 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** `countOf(1, 'order')` reads `1 order`, `countOf(2, 'order')` reads `2 orders`. */
export function countOf(value: number, what: string): string {
  return `${count(value)} ${what}${value === 1 ? '' : 's'}`;
}
