import { describe, expect, it } from 'vitest';
import { inRepository, readText } from '../support/deploy/repository.js';
import { linksOf } from '../support/docs/markdown.js';
import { featureRows, filledPage } from '../support/docs/features-page.js';
import { namedTests, namedTestsIn } from '../support/docs/named-tests.js';

/** Numbers whose tests are on their way, and the file where they are expected. Who brings the test removes the line. */
const PENDING: Readonly<Record<number, string>> = {};

/** Web UI, CLI, deployment: each has a turn of its own. What there is of them already is named all the same. */
const LATER = [90, 91, 92, 93, 94, 95, 96, 119, 120, 121, 122, 123];
const NUMBERS = Array.from({ length: 123 }, (_, index) => index + 1);

const tests = namedTests();
const testsOf = (number: number) => tests.filter(({ numbers }) => numbers.includes(number));
const page = readText('docs/features.md');
const rows = featureRows(page);

describe('docs/features.md', () => {
  it('has every number once, in order, with a line of its own', () => {
    expect(rows.map(({ number }) => number)).toEqual(NUMBERS);
    expect(rows.filter(({ feature }) => feature.length < 5)).toEqual([]);
    expect(new Set(rows.map(({ feature }) => feature)).size).toBe(rows.length);
  });

  it('has a test for each number, but for those that are on their way and those that come later', () => {
    const missing = NUMBERS.filter((number) => testsOf(number).length === 0);
    expect(missing.filter((number) => !(number in PENDING) && !LATER.includes(number))).toEqual([]);
  });

  it('waits for no test that is there', () => {
    const arrived = Object.keys(PENDING).filter((number) => testsOf(Number(number)).length > 0);
    expect(arrived).toEqual([]);
  });

  it('leads to a document for every number that has its test', () => {
    const built = rows.filter(({ number }) => testsOf(number).length > 0);
    expect(built.filter(({ documents }) => linksOf(documents).length === 0)).toEqual([]);
  });

  it('names a test for each number, which is there and bears the number', async () => {
    const expected = filledPage(page, testsOf, ({ number, test }) => {
      const place = PENDING[number];
      return place === undefined ? test : `expected in ${place}`;
    });
    await expect(expected).toMatchFileSnapshot(inRepository('docs/features.md'));
  });
});

describe('the names of features', () => {
  const numbersIn = (text: string): number[] =>
    namedTestsIn('test/unit/x.spec.ts', text).flatMap(({ numbers }) => numbers);

  it.each([
    ["it('F7 goes first', () => {});", [7]],
    ['describe("F7 F54 both", () => {});', [7, 54]],
    ["it.each([1, 2])('F33 with %s', () => {});", [33]],
    ['it(\n    `F116 of ${count}`,\n', [116]],
    ["it('is refused (F9)', () => {});", [9]],
    ["it('says \\'F10\\'', () => {});", [10]],
  ])('are read in %j', (text, numbers) => {
    expect(numbersIn(text)).toEqual(numbers);
  });

  it.each([
    "it('has no number', () => {});",
    "it('XF7 and F7x and F1234', () => {});",
    "const text = 'F7';",
    "expect(page).toContain('F7');",
    '// F7 would be nice',
  ])('are not seen in %j', (text) => {
    expect(numbersIn(text)).toEqual([]);
  });

  it('take the place of a test that is gone, and leave one that is right', () => {
    const tests = [
      { file: 'test/e2e/a.spec.ts', title: 'F7 first', numbers: [7] },
      { file: 'test/unit/b.spec.ts', title: 'F7 second', numbers: [7] },
    ];
    const fill = (cell: string, found = tests): string =>
      filledPage(
        `| F7 | Text | – | ${cell} |`,
        () => found,
        () => 'nowhere',
      )
        .split(' | ')
        .at(-1) ?? '';
    expect(fill('?')).toBe('[e2e/a](../test/e2e/a.spec.ts): F7 first |');
    expect(fill('[unit/b](../test/unit/b.spec.ts): F7 second')).toBe(
      '[unit/b](../test/unit/b.spec.ts): F7 second |',
    );
    expect(fill('[unit/b](../test/unit/b.spec.ts): F7 renamed')).toContain('F7 first');
    expect(fill('?', [])).toBe('nowhere |');
  });
});
