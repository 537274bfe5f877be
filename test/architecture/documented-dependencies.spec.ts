import { describe, expect, it } from 'vitest';
import { readJson, readText } from '../support/deploy/repository.js';
import { plain, section, tableRows } from '../support/docs/markdown.js';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { optional?: boolean }>>;
}

describe('docs/dependencies.md', () => {
  const page = readText('docs/dependencies.md');
  const manifest = readJson('package.json') as Manifest;

  it('has every dependency of its own with its range, and no other', () => {
    expect(named(section(page, 'Dependencies of its own'))).toEqual(ranged(manifest.dependencies));
  });

  it('has every peer with its range, and no other', () => {
    const documented = tableRows(section(page, 'Peers')).map((row) =>
      peer(plain(row['Package']), plain(row['Range']), plain(row['Optional']) === 'yes'),
    );
    const declared = Object.entries(manifest.peerDependencies).map(([name, range]) =>
      peer(name, range, manifest.peerDependenciesMeta[name]?.optional === true),
    );
    expect(documented.sort()).toEqual(declared.sort());
  });

  it('has every package for development with its range, and no other', () => {
    expect(named(section(page, 'Development'))).toEqual(ranged(manifest.devDependencies));
  });

  it('has the licence and the reason of each', () => {
    for (const row of tableRows(page)) {
      const name = plain(row['Package']);
      const installed = readJson(`node_modules/${name}/package.json`) as { license: string };
      expect(plain(row['Licence']), name).toBe(installed.license);
      expect(plain(row['Reason']), name).not.toBe('');
    }
  });
});

function named(part: string): string[] {
  return tableRows(part)
    .map((row) => `${plain(row['Package'])}@${plain(row['Range'])}`)
    .sort();
}

function ranged(packages: Readonly<Record<string, string>>): string[] {
  return Object.entries(packages)
    .map(([name, range]) => `${name}@${range}`)
    .sort();
}

function peer(name: string, range: string, isOptional: boolean): string {
  return `${isOptional ? 'optional ' : ''}${name}@${range}`;
}
