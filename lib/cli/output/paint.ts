import { stripVTControlCharacters } from 'node:util';

/** What a colour means here; the colours themselves are the terminal's own, so they fit its background. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly careful: (text: string) => string;
  readonly quiet: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly busy: (text: string) => string;
}

const CODES = {
  good: [32, 39],
  bad: [31, 39],
  careful: [33, 39],
  quiet: [2, 22],
  strong: [1, 22],
  busy: [36, 39],
} as const;

const plain = (text: string): string => text;

const PLAIN: Paint = { good: plain, bad: plain, careful: plain, quiet: plain, strong: plain, busy: plain };

const COLOURED: Paint = {
  good: coloured('good'),
  bad: coloured('bad'),
  careful: coloured('careful'),
  quiet: coloured('quiet'),
  strong: coloured('strong'),
  busy: coloured('busy'),
};

/** Colours for a terminal that has them and whose owner wants them (https://no-color.org). */
export function painterFor(
  output: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Paint {
  const isUnwanted = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return output.isTTY === true && !isUnwanted ? COLOURED : PLAIN;
}

const WIDE =
  /\p{Extended_Pictographic}|[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE4F\uFF00-\uFF60\uFFE0-\uFFE6]/u;
const WITHOUT_WIDTH = /\p{Mark}|\u200B|\u200D|\uFE0F/u;

/** How many columns of a terminal the text takes. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (WITHOUT_WIDTH.test(character)) continue;
    width += WIDE.test(character) ? 2 : 1;
  }
  return width;
}

/** The text, with an ellipsis where it is longer than so many columns. Must not hold colours. */
export function shortenTo(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let short = '';
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns - 1) break;
    short += character;
  }
  return columns < 1 ? '' : `${short}…`;
}

function coloured(meaning: keyof typeof CODES): (text: string) => string {
  const [on, off] = CODES[meaning];
  return (text) => (text === '' ? '' : `\u001B[${on}m${text}\u001B[${off}m`);
}
