import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inRepository, readJson, readText } from '../support/deploy/repository.js';
import { anchorsOf, codeSpans, linksOf, section, tableRows } from '../support/docs/markdown.js';
import { filesBelow } from '../support/docs/source-facts.js';

const PAGES = [
  'README.md',
  'CHANGELOG.md',
  ...filesBelow('.github', '.md'),
  ...filesBelow('docs', '.md'),
  ...filesBelow('sample', 'README.md'),
];
const PATH = /^(?:lib|test|migrations|sample|docs|deploy)\/[\w./-]+$/;

describe.each(PAGES)('%s', (page) => {
  const text = readText(page);

  it('leads and points only to what is there', () => {
    const relative = linksOf(text).filter((link) => !isAbsolute(link));
    expect(relative.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
    const paths = codeSpans(text).filter((span) => PATH.test(span));
    expect(paths.filter((path) => !existsSync(inRepository(path)))).toEqual([]);
  });

  it('names only commands that there are', () => {
    const { scripts } = readJson('package.json') as { scripts: Record<string, string> };
    const named = [...text.matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('the pages', () => {
  it('can all be found from the README', () => {
    const found = reachableFrom('README.md');
    expect(PAGES.filter((page) => page.startsWith('docs/') && !found.has(page))).toEqual([]);
  });
});

describe('docs/guarantees.md', () => {
  const promises = tableRows(section(readText('docs/guarantees.md'), 'Promises'));

  it('names the test that proves each promise, or says that there is none', () => {
    expect(promises.length).toBeGreaterThan(10);
    const isSilent = ({ Proof: proof = '' }) =>
      !proof.startsWith('open: ') && !linksOf(proof).some((link) => link.startsWith('../test/'));
    expect(promises.filter(isSilent)).toEqual([]);
  });

  it('says of each promise what was measured last, or that nothing was', () => {
    expect(promises.filter((row) => (row['Last measured'] ?? '') === '')).toEqual([]);
  });
});

describe('the decisions', () => {
  const files = filesBelow('docs/decisions', '.md').map((path) => path.slice('docs/decisions/'.length));

  it('are numbered without gaps', () => {
    const numbers = files.map((file) => Number(/^(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]));
    expect(numbers).toEqual(files.map((_, position) => position + 1));
  });

  it('have their number, their five parts, and their place in the index', () => {
    const index = linksOf(readText('docs/README.md'));
    for (const file of files) {
      const text = readText(`docs/decisions/${file}`);
      const [title, ...parts] = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
      expect(title?.slice(0, 4), file).toBe(file.slice(0, 4));
      expect(text, file).toMatch(/^\*\*Status:\*\* (accepted|superseded by \d{4}), /m);
      expect(parts, file).toEqual(['Context', 'Decision', 'Consequences', 'Proof']);
      expect(index).toContain(`decisions/${file}`);
    }
  });

  it('exist, where the code names one', () => {
    const sources = [...filesBelow('lib', '.ts'), ...filesBelow('migrations', '.ts')]
      .map(readText)
      .join('\n');
    const named = [...sources.matchAll(/docs\/decisions\/(\d{4})/g)].map(([, number = '']) => number);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((number) => !files.some((file) => file.startsWith(number)))).toEqual([]);
  });
});

function isAbsolute(link: string): boolean {
  return /^[a-z]+:/.test(link);
}

function leadsSomewhere(page: string, link: string): boolean {
  const target = targetOf(page, link);
  if (!existsSync(inRepository(target))) return false;
  const [, anchor] = link.split('#');
  if (anchor === undefined || statSync(inRepository(target)).isDirectory()) return true;
  return anchorsOf(readText(target)).has(anchor);
}

function targetOf(page: string, link: string): string {
  const [path = ''] = link.split('#');
  return path === '' ? page : normalize(join(dirname(page), path));
}

function reachableFrom(page: string, seen = new Set([page])): Set<string> {
  const targets = linksOf(readText(page))
    .filter((link) => !isAbsolute(link))
    .map((link) => targetOf(page, link));
  for (const target of targets) {
    if (!target.endsWith('.md') || seen.has(target)) continue;
    seen.add(target);
    reachableFrom(target, seen);
  }
  return seen;
}
