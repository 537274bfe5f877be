import { readChoice, writeChoice } from '../effects/stored-choice.js';

export const REFRESH_CHOICES = ['live', '5s', '15s', '60s', 'manual'] as const;
export type RefreshChoice = (typeof REFRESH_CHOICES)[number];

export const REFRESH_WORDS: Readonly<Record<RefreshChoice, string>> = {
  live: 'Live: as soon as something changes',
  '5s': 'Every 5 seconds',
  '15s': 'Every 15 seconds',
  '60s': 'Every minute',
  manual: 'Only when I press r',
};

export function refreshChoice(): RefreshChoice {
  const kept = readChoice('refresh');
  return REFRESH_CHOICES.find((choice) => choice === kept) ?? 'live';
}

export function keepRefreshChoice(choice: RefreshChoice): void {
  writeChoice('refresh', choice);
}

/** Between two readings; undefined when not a clock but the server or the viewer says when. */
export function refreshPeriodMs(choice: RefreshChoice): number | undefined {
  return choice === 'live' || choice === 'manual' ? undefined : Number.parseInt(choice, 10) * 1_000;
}
