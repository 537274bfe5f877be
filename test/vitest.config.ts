import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

const resolve = {
  alias: [
    { find: /^nestjs-kyu$/, replacement: source('lib/index.ts') },
    { find: /^nestjs-kyu\/migrations$/, replacement: source('migrations/index.ts') },
    { find: /^nestjs-kyu\/(.+)$/, replacement: source('lib/$1.ts') },
  ],
};

const ALONE = 'test/**/*.alone.spec.ts';

/**
 * The floors of the house of tests, lowest first: a defect should show on the lowest that can show it.
 * They do not extend this file: each would run the global setup, and start servers, once more.
 *
 * The files of a floor share the modules of the process that runs them, because loading Nest, TypeORM and the library
 * anew for each takes longer than most of them do. What a file does to its process, it therefore takes back; one that
 * cannot, because it replaces modules, is called `*.alone.spec.ts`.
 */
const floor = (name: string, extra: object = {}) => ({
  root,
  resolve,
  test: {
    name,
    include: [`test/${name}/**/*.spec.ts`],
    exclude: [ALONE],
    isolate: false,
    setupFiles: [source('test/support/fair-trial.setup.ts')],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    ...extra,
  },
});

/** How much longer the long forms take (.github/CONTRIBUTING.md); many jobs get 1 ms each. */
const given = (name: string): number => Number(process.env[name] ?? 0);
const LONG_FORM_MS =
  1_000 * (given('KYU_FAULT_SECONDS') + given('KYU_FAULT_OUTAGE_SECONDS')) + given('KYU_FAULT_JOBS');

const FAULT = {
  testTimeout: 300_000 + LONG_FORM_MS,
  hookTimeout: 120_000,
  isolate: true,
};

/** Those that wait for leases to end, and count: nothing that they publish is a time, so two may run side by side. */
const PATIENT = [
  'blocked-loop',
  'false-rescues',
  'lost-reply',
  'must-fail',
  'paused-worker',
  'poison-job',
].map((name) => `test/fault/${name}.spec.ts`);

export default defineConfig({
  root,
  test: {
    globalSetup: [source('test/support/global-setup.ts')],
    maxWorkers: 2,
    reporters: ['default', source('test/support/closing-line.reporter.ts')],
    projects: [
      floor('unit'),
      floor('alone', { include: [ALONE], exclude: ['**/node_modules/**'], isolate: true }),
      floor('architecture'),
      floor('types'),
      floor('property', { testTimeout: 120_000 }),
      floor('contract'),
      floor('integration', { testTimeout: 60_000 }),
      floor('e2e', { testTimeout: 60_000 }),
      // Real processes, signals and outages: alone on the machine, because their figures are times.
      floor('fault', { ...FAULT, exclude: PATIENT, fileParallelism: false, sequence: { groupOrder: 1 } }),
      floor('fault-patient', { ...FAULT, include: PATIENT, sequence: { groupOrder: 2 } }),
    ],
  },
});
