const WHOLE = new Intl.NumberFormat('en-US');

/** `12,345`. */
export function wholeNumber(value: number): string {
  return WHOLE.format(value);
}

/** An estimate reads `≈ 12,000`. */
export function about(value: number): string {
  return `≈ ${wholeNumber(value)}`;
}

/** A count that the server stopped at a limit reads `10,000+`. */
export function countUpTo(value: number, cappedAt: number): string {
  return value >= cappedAt ? `${wholeNumber(cappedAt)}+` : wholeNumber(value);
}

/** `1 job`, `2 jobs`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${wholeNumber(value)} ${value === 1 ? one : many}`;
}

export function percentage(share: number): string {
  if (share === 0) return '0 %';
  if (share < 0.001) return '< 0.1 %';
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** A rate per minute from what came in a span. */
export function perMinute(amount: number, spanMs: number): string {
  const rate = spanMs === 0 ? 0 : (amount * 60_000) / spanMs;
  if (rate > 0 && rate < 0.05) return '< 0.1';
  return rate > 0 && rate < 10 ? rate.toFixed(1) : wholeNumber(Math.round(rate));
}

/** `812 B`, `1.2 kB`, `3.4 MB`. */
export function byteSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
