import { describe, expect, it } from 'vitest';
import { filesBelow, readSource } from '../support/sources/module-graph.js';

/** Benchmarks and their competitors measure time; what they wait for is theirs. */
const MEASUREMENTS = 'test/bench/';

const ALIAS = /\bsetTimeout as (\w+)\b/g;
const COMMENT = /\/\/ \S/;

/** The lines of a source on which time passes without a word why. */
function silentWaits(text: string): string[] {
  const names = ['setTimeout', 'waitForTimeout', ...[...text.matchAll(ALIAS)].map(([, alias = '']) => alias)];
  const passesTime = new RegExp(`(?<!\\/\\/.*)\\b(?:${names.join('|')})\\(`);
  const lines = text.split('\n');
  return lines.filter(
    (line, index) =>
      passesTime.test(line) && !COMMENT.test(line) && !/^\s*\/\/ \S/.test(lines[index - 1] ?? ''),
  );
}

describe('tests', () => {
  it('wait for events or conditions; where time itself is meant, a comment there says why', () => {
    const files = [...filesBelow('test', '.ts'), ...filesBelow('test', '.mjs')].filter(
      (file) => !file.startsWith(MEASUREMENTS) && !file.endsWith('/waiting.spec.ts'),
    );
    const silent = files.flatMap((file) =>
      silentWaits(readSource(file)).map((line) => `${file}: ${line.trim()}`),
    );
    expect(silent).toEqual([]);
  });

  it('are read well enough to find a wait without a reason', () => {
    const renamed = "import { setTimeout as nap } from 'node:timers/promises';";
    expect(silentWaits('  await new Promise((done) => setTimeout(done, 50));')).toHaveLength(1);
    expect(silentWaits(`${renamed}\nawait nap(50);`)).toEqual(['await nap(50);']);
    expect(silentWaits('await page.waitForTimeout(50);')).toHaveLength(1);
    expect(silentWaits(`${renamed}\nawait nap(50); // the outage itself`)).toEqual([]);
    expect(silentWaits(`${renamed}\n// The outage itself.\nawait nap(50);`)).toEqual([]);
    expect(silentWaits(`${renamed}\n// await nap(50);`)).toEqual([]);
  });
});
