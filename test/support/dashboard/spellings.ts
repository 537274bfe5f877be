/** Ways to write the same path, or almost: whatever a router makes of them, nobody may come in by one of them. */
export const SPELLINGS: readonly (readonly [name: string, spell: (path: string) => string])[] = [
  ['as it is', (path) => path],
  ['trailing slash', (path) => `${path}/`],
  ['double slash', (path) => path.replace('/api/', '//api//')],
  ['leading double slash', (path) => `/${path}`],
  ['upper case', (path) => path.toUpperCase()],
  [
    'encoded letter',
    (path) =>
      path.replace(/\/([a-z])([^/]*)$/, (_, first: string, rest: string) => `/${encoded(first)}${rest}`),
  ],
  ['encoded slash', (path) => path.replace(/\/([^/]*)$/, '%2f$1')],
  ['encoded mount', (path) => path.replace('kyu', '%6byu')],
  ['dot segment', (path) => path.replace('/api/', '/./api/')],
  ['parent segment', (path) => path.replace('/api/', '/assets/../api/')],
  ['encoded parent', (path) => path.replace('/api/', '/assets/%2e%2e/api/')],
  ['semicolon', (path) => `${path};x=y`],
  ['query', (path) => `${path}?_=1`],
  ['backslash', (path) => path.replaceAll('/api/', '\\api\\')],
  ['null', (path) => `${path}%00`],
  ['broken escape', (path) => `${path}%zz`],
];

function encoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}
