/** Defects that are put into Kyu on purpose, to see whether the laboratory sees them; what each is stands in flaws.ts. */
export const FLAW_NAMES = [
  'settle-without-fence',
  'claim-without-status-guard',
  'rescue-by-time-alone',
  'announce-before-commit',
  'reconcile-by-high-water-mark',
  'reaper-without-gap-rule',
] as const;

export type FlawName = (typeof FLAW_NAMES)[number];

export function isFlawName(text: string): text is FlawName {
  return (FLAW_NAMES as readonly string[]).includes(text);
}
