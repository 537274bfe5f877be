/** Where `g` and a letter lead. */
export const GO_KEYS: Readonly<Record<string, string>> = {
  'g o': '/',
  'g j': '/jobs',
  'g e': '/errors',
  'g q': '/queues',
  'g s': '/schedules',
  'g w': '/workers',
  'g a': '/audit',
  'g t': '/settings',
};

export const SHORTCUT_WORDS: readonly (readonly [string, string])[] = [
  ['/', 'Search jobs'],
  ['g o', 'Overview'],
  ['g j', 'Jobs'],
  ['g e', 'Errors'],
  ['g q', 'Queues'],
  ['g s', 'Schedules'],
  ['g w', 'Workers'],
  ['g a', 'Audit'],
  ['g t', 'Settings'],
  ['r', 'Read this page again'],
  ['↑ ↓', 'Move in a list'],
  ['Enter', 'Open the row'],
  ['x', 'Select the row'],
  ['Escape', 'Close, or leave the field'],
  ['?', 'These shortcuts'],
];
