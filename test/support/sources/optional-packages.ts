import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './module-graph.js';

interface Manifest {
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as Manifest;

/** What an application need not install, as package.json says. */
export const OPTIONAL_PACKAGES: readonly string[] = Object.entries(manifest.peerDependenciesMeta)
  .filter(([, { optional }]) => optional === true)
  .map(([name]) => name);
