import { afterAll, describe, expect, it } from 'vitest';
import { FINDING_CODES } from '../../lib/core/finding.js';
import { formatJobSearch } from '../../lib/core/format-search.js';
import { parseJobSearch } from '../../lib/core/job-search.js';
import { SEARCH_FIELDS } from '../../lib/core/search-fields.js';
import { readText } from '../support/deploy/repository.js';
import { codeBlocks } from '../support/docs/markdown.js';
import { compilerComplaints, writeGuide } from '../support/docs/readme-guide.js';

const SEARCHING = readText('docs/searching.md');
const DOCTOR = readText('docs/doctor.md');

/** Rows of the first table, cell by cell. */
function rowsOf(page: string): string[][] {
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(1).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

describe('F78 docs/searching.md', () => {
  const rows = rowsOf(SEARCHING).filter((cells) => cells.length === 3 && cells[1]?.startsWith('`') === true);
  const examples = rows.map(([, example = '']) => example.replaceAll('`', ''));

  it('F78 has every field, and no other', () => {
    const fields = rows.flatMap(([field = '']) => /^`([\w.]+)`$/.exec(field)?.[1] ?? []);
    expect(fields.toSorted()).toEqual(SEARCH_FIELDS.map(({ name }) => name).toSorted());
  });

  it.each(examples)('F78 has an example that is read: %s', (text) => {
    const search = parseJobSearch(text);
    expect(Object.keys(search).length).toBeGreaterThan(0);
    expect(parseJobSearch(formatJobSearch(search))).toEqual(search);
  });
});

describe('docs/doctor.md', () => {
  it('F85 has every finding, and no other', () => {
    const codes = rowsOf(DOCTOR).flatMap(([code = '']) => /^`([\w-]+)`$/.exec(code)?.[1] ?? []);
    expect(codes.toSorted()).toEqual([...FINDING_CODES].sort());
  });
});

describe('the snippets of docs/searching.md and docs/doctor.md', async () => {
  const files = [SEARCHING, DOCTOR].flatMap(codeBlocks).flatMap(({ code }) => {
    const name = /^\/\/ file: ([\w.-]+\.ts)\n/.exec(code)?.[1];
    return name === undefined ? [] : [{ name, code }];
  });
  const guide = await writeGuide(files);

  afterAll(() => guide.remove());

  it('compile', async () => {
    expect(files.map(({ name }) => name)).toEqual(['search.ts', 'doctor.ts']);
    expect(await compilerComplaints(guide.folder)).toBe('');
  });
});
