import { describe, expect, it } from 'vitest';
import { readJson, readText } from '../support/deploy/repository.js';
import { plain, section, tableRows } from '../support/docs/markdown.js';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { optional?: boolean }>>;
}

describe('docs/dependencies.md', () => {
  const page = readText('docs/dependencies.md');
  const manifest = readJson('package.json') as Manifest;

  it('has no runtime dependency to explain', () => {
    expect(manifest.dependencies ?? {}).toEqual({});
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
    const rows = tableRows(section(page, 'Development'));
    const documented = rows.map((row) => `${plain(row['Package'])}@${plain(row['Range'])}`);
    const declared = Object.entries(manifest.devDependencies).map(([name, range]) => `${name}@${range}`);
    expect(documented.sort()).toEqual(declared.sort());
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

function peer(name: string, range: string, isOptional: boolean): string {
  return `${isOptional ? 'optional ' : ''}${name}@${range}`;
}
