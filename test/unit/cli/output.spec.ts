import { describe, expect, it } from 'vitest';
import { painterFor, shortenTo, widthOf } from '../../../lib/cli/output/paint.js';
import { ProgressBar } from '../../../lib/cli/output/progress-bar.js';
import { factsOf, tableOf, type Column } from '../../../lib/cli/output/table.js';
import { countOf, shortSpan, timeText } from '../../../lib/cli/output/times.js';

const plain = painterFor({ isTTY: false }, {});
const coloured = painterFor({ isTTY: true }, {});

interface Fruit {
  readonly name: string;
  readonly count: number;
}

const columns: Column<Fruit>[] = [
  { title: 'NAME', text: ({ name }) => name, takesTheRest: true },
  { title: 'COUNT', text: ({ count }) => String(count), align: 'right', colour: (_, paint) => paint.bad },
];

describe('a table', () => {
  it('aligns words at the left and numbers at the right, and cuts nothing in a pipe', () => {
    const rows = [
      { name: 'a very long name of a fruit', count: 7 },
      { name: 'fig', count: 1234 },
    ];
    expect(tableOf(columns, rows, { paint: plain, width: undefined }).split('\n')).toEqual([
      'NAME                         COUNT',
      'a very long name of a fruit      7',
      'fig                           1234',
    ]);
  });

  it('cuts the one column that takes the rest where the terminal ends', () => {
    const table = tableOf(columns, [{ name: 'a very long name of a fruit', count: 7 }], {
      paint: plain,
      width: 22,
    });
    expect(table.split('\n')[1]).toBe('a very long na…      7');
  });

  it('counts wide characters as the terminal does, and keeps colours out of the count', () => {
    const rows = [
      { name: '寿司', count: 1 },
      { name: 'fig', count: 22 },
    ];
    const lines = tableOf(columns, rows, { paint: coloured, width: 80 }).split('\n');
    expect(lines.map(widthOf)).toEqual([11, 11, 11]);
    expect(lines[1]).toContain('\u001B[31m');
  });

  it('lets nothing in a cell move the cursor or break the line', () => {
    const table = tableOf(columns, [{ name: 'x\u001B[2J\ny', count: 1 }], { paint: plain, width: undefined });
    expect(table.split('\n')).toHaveLength(2);
    expect(table).toContain(String.raw`x\u001b[2J\ny`);
  });

  it('is a list of facts as well', () => {
    expect(
      factsOf(
        [
          ['queue', 'mail'],
          ['id', '7'],
        ],
        plain,
      ),
    ).toBe('queue  mail\nid     7');
  });
});

describe('colours', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
    [{ isTTY: false }, {}, false],
    [{}, {}, false],
  ])('for %o with %o: %s', (output, environment, isWanted) => {
    expect(painterFor(output, environment).bad('x') !== 'x').toBe(isWanted);
  });
});

describe('a text that is too long', () => {
  it.each([
    ['hello', 5, 'hello'],
    ['hello', 4, 'hel…'],
    ['寿司屋', 4, '寿…'],
    ['hello', 0, ''],
  ])('%s in %i columns is %s', (text, width, short) => {
    expect(shortenTo(text, width)).toBe(short);
  });
});

describe('times', () => {
  it.each([
    [0, '0ms'],
    [85, '85ms'],
    [1_500, '1s'],
    [12_000, '12s'],
    [62_000, '1m 2s'],
    [3_600_000, '1h'],
    [11 * 3_600_000 + 59 * 60_000, '11h'],
    [90_000_000, '1d 1h'],
  ])('%i ms are %s', (milliseconds, text) => {
    expect(shortSpan(milliseconds)).toBe(text);
  });

  const nowMs = Date.parse('2026-03-01T12:00:00Z');
  it.each([
    ['2026-03-01T11:59:48Z', false, '12s ago'],
    ['2026-03-01T15:00:00Z', false, 'in 3h'],
    ['2026-03-01T12:00:00.400Z', false, 'now'],
    ['2026-03-01T11:59:48Z', true, '2026-03-01T11:59:48.000Z'],
    [null, false, '–'],
  ])('%s (exact: %s) reads %s', (instant, isExact, text) => {
    expect(timeText(instant, { nowMs, isExact })).toBe(text);
  });

  it.each([
    [1, '1 job'],
    [0, '0 jobs'],
    [1_234_567, '1,234,567 jobs'],
  ])('%i is %s', (count, text) => {
    expect(countOf(count, 'job')).toBe(text);
  });
});

describe('a progress bar', () => {
  const recorded = (isTTY: boolean) => {
    const output = { text: '', isTTY, write: (text: string) => (output.text += text) };
    return output;
  };

  it('is drawn on a terminal, and gone at the end', () => {
    const output = recorded(true);
    const bar = new ProgressBar(output, 2_000);
    bar.show(1_000);
    expect(output.text).toContain(`${'█'.repeat(12)}${'░'.repeat(12)} 1,000 of 2,000`);
    bar.end();
    expect(output.text.endsWith('\r\u001B[K')).toBe(true);
  });

  it('writes nothing into a pipe', () => {
    const output = recorded(false);
    const bar = new ProgressBar(output, 2_000);
    bar.show(1_000);
    bar.end();
    expect(output.text).toBe('');
  });
});
