import { readChoice, writeChoice } from '../effects/stored-choice.js';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export function themeChoice(): Theme {
  const kept = readChoice('theme');
  return THEMES.find((theme) => theme === kept) ?? 'system';
}

/** Colours follow `color-scheme`; without the attribute they follow the system. */
export function showTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function chooseTheme(theme: Theme): void {
  writeChoice('theme', theme);
  showTheme(theme);
}
