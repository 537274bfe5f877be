import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** Apart from the other floors: these need a browser, and a ledger that takes a while to fill. */
export default defineConfig({
  root: source('.'),
  resolve: {
    alias: [
      { find: /^nestjs-kyu$/, replacement: source('lib/index.ts') },
      { find: /^nestjs-kyu\/migrations$/, replacement: source('migrations/index.ts') },
      { find: /^nestjs-kyu\/(.+)$/, replacement: source('lib/$1.ts') },
    ],
  },
  test: {
    name: 'browser',
    include: ['test/browser/**/*.spec.ts'],
    globalSetup: [source('test/browser/support/filled-stores.setup.ts')],
    reporters: ['default', source('test/support/closing-line.reporter.ts')],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // One ledger for all, which each file leaves as it found it, but for its own jobs.
    fileParallelism: false,
    maxWorkers: 1,
  },
});
