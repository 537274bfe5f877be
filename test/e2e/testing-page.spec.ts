import { readText } from '../support/deploy/repository.js';
import { codeBlocks } from '../support/docs/markdown.js';
import { compilerComplaints, writeGuide } from '../support/docs/readme-guide.js';
import { afterAll, describe, expect, it } from 'vitest';

const PAGE = 'docs/testing.md';
const FILE_LINE = /^\/\/ file: ([\w.-]+\.ts)\n/;

const files = codeBlocks(readText(PAGE)).map(({ code, line }) => ({ name: nameOf(code, line), code }));
const guide = await writeGuide(files);

afterAll(() => guide.remove());

describe('F115 the snippets of docs/testing.md', () => {
  it('compile', async () => {
    expect(await compilerComplaints(guide.folder)).toBe('');
  });

  it('are files with names of their own', () => {
    expect(files.length).toBeGreaterThan(5);
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
  });
});

/** The page's own tests: what a reader copies from it passes. */
const specs = files.map(({ name }) => name).filter((name) => name.endsWith('.spec.ts'));
describe.each(specs)('F114 docs/testing.md, %s', async (name) => {
  await import(guide.path(name));
});

function nameOf(code: string, line: number): string {
  const name = FILE_LINE.exec(code)?.[1];
  if (name === undefined) throw new Error(`The block at line ${line} of ${PAGE} has no name.`);
  return name;
}
