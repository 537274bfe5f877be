import { describe, expect, it } from 'vitest';
import { readJson, readText } from '../support/deploy/repository.js';

interface Manifest {
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
}

const { scripts, version } = readJson('package.json') as Manifest;

describe('the gate', () => {
  it('F118 installs from the lock file, checks, and tests', () => {
    const steps = readText('.ci/run')
      .split('\n')
      .filter((line) => line.startsWith('npm '));
    expect(steps[0]).toBe('npm ci --no-audit --no-fund');
    expect(steps.slice(1)).toEqual(['npm run check', 'npm run test:fault', 'npm test']);
  });

  it('F118 checks format, rules, types and architecture', () => {
    const parts = [...(scripts['check'] ?? '').matchAll(/npm run --silent ([\w:]+)/g)].map(
      ([, name]) => name,
    );
    expect(parts).toEqual(['format:check', 'lint', 'types', 'architecture']);
    expect(parts.filter((name) => !((name ?? '') in scripts))).toEqual([]);
    expect(scripts['lint']).toContain('--deny-warnings');
  });

  it('checks the types of everything, and builds what runs', () => {
    const { include } = readJson('tsconfig.json') as { include: string[] };
    expect(include).toEqual(['lib', 'migrations', 'sample', 'test']);
    expect(scripts['types']).toBe(
      'tsc -p tsconfig.json --noEmit && tsc -p lib/dashboard/browser/tsconfig.json',
    );
    const build = readJson('tsconfig.build.json') as {
      extends: string;
      include: string[];
      exclude: string[];
    };
    expect(scripts['build']).toContain('tsc -p tsconfig.build.json');
    expect(build.extends).toBe('./tsconfig.json');
    // A test that does not compile must not keep the demo from starting.
    expect(build.exclude).toContain('**/*.spec.ts');
    expect(build.include).toEqual(expect.arrayContaining(['lib', 'migrations', 'sample']));
  });
});

describe('CHANGELOG.md', () => {
  const text = readText('CHANGELOG.md');

  it('F118 says what is new, under the version that it belongs to or as not released', () => {
    const versions = [...text.matchAll(/^## \[([^\]]+)\]/gm)].map(([, name]) => name);
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((name) => name !== 'Unreleased' && !/^\d+\.\d+\.\d+$/.test(name ?? ''))).toEqual(
      [],
    );
    expect(['Unreleased', version]).toContain(versions[0]);
    expect(text).toMatch(/^### (?:Added|Changed|Fixed|Removed|Deprecated|Security)$/m);
  });
});
