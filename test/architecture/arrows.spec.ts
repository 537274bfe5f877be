import { describe, expect, it } from 'vitest';
import {
  circlesIn,
  filesBelow,
  importsOf,
  libraryImports,
  loadedFrom,
  readSource,
  type Import,
} from '../support/sources/module-graph.js';
import { OPTIONAL_PACKAGES } from '../support/sources/optional-packages.js';

const SERVICES_AND_ADAPTERS = [
  'producer',
  'worker',
  'maintenance',
  'admin',
  'ledger',
  'dispatch',
  'handlers',
  'observability',
];

/** The only files that touch time, timers and chance: one for Node, one for the pages. */
const CLOCKS = ['lib/core/system-clock.ts', 'lib/dashboard/browser/effects/browser-clock.ts'];

/** What people open: they use the front door, and nothing imports them. */
const ENTRIES = ['testing', 'dashboard', 'cli'];

/** Rooms that may name a technology; every other room that imports it is a mistake. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  typeorm: ['ledger', 'migrations', 'root', 'testing'],
  pg: ['ledger'],
  ioredis: ['dispatch'],
  'prom-client': ['observability', 'root'],
  '@nestjs/common': ['handlers', 'root', 'testing', 'observability', 'dashboard', 'cli'],
  '@nestjs/core': ['handlers', 'root', 'testing', 'dashboard', 'cli'],
  '@nestjs/terminus': ['root'],
  // Nobody: what the application has of it is found by its name.
  '@nestjs/schedule': [],
  '@opentelemetry/api': ['observability'],
  rxjs: ['handlers', 'root'],
  // Calendar arithmetic has no effect and no state: it is as pure as the core.
  croner: ['core'],
  'class-validator': ['root'],
  'class-transformer': ['root'],
  commander: ['cli'],
  cookie: ['dashboard'],
  oauth4webapi: ['dashboard'],
  // Words for people: pure as well.
  cronstrue: ['core'],
  preact: ['dashboard'],
};

/** What the core may use of the platform: pure functions only. */
const CORE_MAY_IMPORT = ['node:crypto', 'node:util'];

/** `core`, `ledger`, … ; files directly in `lib` are the root. */
function roomOf(file: string): string {
  const [top = '', folder = '', ...rest] = file.split('/');
  if (top === 'migrations') return 'migrations';
  if (top !== 'lib') return 'outside';
  return rest.length === 0 ? 'root' : folder;
}

/** Why an import is against the house's rules; nothing when it is not. */
function objectionTo({ from, to }: Import): string | undefined {
  const room = roomOf(from);
  if (!to.startsWith('lib/') && !to.startsWith('migrations/')) return objectionToPackage(room, to);
  const target = roomOf(to);
  if (target === room || target === 'core') return undefined;
  if (room === 'core') return 'core is pure: it imports nothing outside itself';
  if (room === 'root')
    return ENTRIES.includes(target) && from !== `lib/${target}.ts` ? 'nothing imports an entry' : undefined;
  if (room === 'ledger' && target === 'migrations') return undefined;
  if (ENTRIES.includes(room)) return objectionToEntry(room, target);
  return `${room} sees the others only as ports in core`;
}

function objectionToEntry(room: string, target: string): string | undefined {
  // The command line serves the dashboard; the test kit has stores of its own, so it builds the services itself.
  const reaches =
    room === 'testing' ? SERVICES_AND_ADAPTERS : room === 'cli' ? ['dashboard', 'admin'] : ['admin'];
  return target === 'root' || reaches.includes(target) ? undefined : `${room} uses the front door`;
}

function objectionToPackage(room: string, name: string): string | undefined {
  if (/^(?:test|sample)\//.test(name)) return 'the library never imports tests or samples';
  if (name.startsWith('node:')) {
    const isAllowed = room !== 'core' || CORE_MAY_IMPORT.some((allowed) => name.startsWith(allowed));
    return isAllowed ? undefined : 'core is pure';
  }
  const homes = HOMES[name];
  if (homes === undefined) return 'it has no home: one technology, one folder';
  return homes.includes(room) ? undefined : `it belongs into ${homes.join(', ')}`;
}

const offencesIn = (imports: readonly Import[]): string[] =>
  imports.flatMap((one) => {
    const objection = objectionTo(one);
    return objection === undefined ? [] : [`${one.from} imports ${one.to}: ${objection}`];
  });

describe('the arrows of the house', () => {
  const imports = libraryImports();

  it('are found at all', () => {
    expect(imports.length).toBeGreaterThan(500);
    expect(imports.some(({ to }) => to === 'lib/core/job.ts')).toBe(true);
  });

  it('point from entries to the root, from there to services and adapters, and from those to the core', () => {
    expect(offencesIn(imports)).toEqual([]);
  });

  it.each([
    ['lib/core/job.ts', "import { Pool } from 'pg';"],
    ['lib/core/job.ts', "import { x } from '../worker/run.js';"],
    ['lib/worker/run.ts', "import { x } from '../ledger/run-ledger.js';"],
    ['lib/dispatch/keys.ts', "export * from '../producer/producer.js';"],
    ['lib/worker/run.ts', "import type { Redis } from 'ioredis';"],
    ['lib/ledger/run-ledger.ts', "import lodash from 'lodash';"],
    ['lib/kyu.module.ts', "const x = await import('./testing/memory-ledger.js');"],
    ['lib/kyu.module.ts', "import { x } from '../test/support/eventually.js';"],
  ])('would not allow %s to say %s', (file, text) => {
    expect(offencesIn(importsOf(file, text))).toHaveLength(1);
  });

  it('make no circle, types included', () => {
    expect(circlesIn(imports)).toEqual([]);
  });

  it('would show a circle', () => {
    const planted = [
      ...importsOf('lib/core/a.ts', "import type { B } from './b.js';"),
      ...importsOf('lib/core/b.ts', "import { a } from './a.js';"),
    ];
    expect(circlesIn(planted)).toEqual([['lib/core/a.ts', 'lib/core/b.ts']]);
  });

  it('leave no file aside that nobody imports', () => {
    const entries = new Set(
      ['index', 'terminus', 'metrics', 'otel', 'testing', 'class-validator', 'dashboard'].map(
        (name) => `lib/${name}.ts`,
      ),
    );
    // The command, and the process that its supervisor starts.
    for (const program of ['main', 'work/working-process']) entries.add(`lib/cli/${program}.ts`);
    const imported = new Set(imports.map(({ to }) => to));
    const orphans = filesBelow('lib', '.ts').filter((file) => !imported.has(file) && !entries.has(file));
    expect(orphans).toEqual([]);
  });

  it.each(OPTIONAL_PACKAGES)('load %s, an optional package, only where it is asked for', (name) => {
    expect([...loadedFrom('lib/index.ts', imports)]).not.toContain(name);
  });

  it('load what every application has', () => {
    expect([...loadedFrom('lib/index.ts', imports)]).toContain('@nestjs/common');
  });
});

describe('the rooms of the house', () => {
  const files = filesBelow('lib', '.ts');

  it('have names that mean something', () => {
    const forbidden = /\/(?:utils?|helpers?|common|shared|misc|types|interfaces|base)\//;
    expect(files.filter((file) => forbidden.test(file))).toEqual([]);
  });

  it('hold files of at most 400 lines', () => {
    const long = files.filter((file) => readSource(file).split('\n').length > 400);
    expect(long).toEqual([]);
  });

  it('read time, set timers and draw random numbers in one file', () => {
    const effect = /\b(?:Date\.now|setTimeout|setInterval|Math\.random|performance\.now)\(/;
    const offenders = files.filter((file) => effect.test(readSource(file)) && !CLOCKS.includes(file));
    expect(offenders).toEqual([]);
  });

  it('write SQL in statements, and know Redis commands in dispatch', () => {
    const sql = /`\s*(?:with|select|insert into|update|delete from) /i;
    const offenders = files.filter(
      (file) => sql.test(readSource(file)) && !['ledger', 'testing'].includes(roomOf(file)),
    );
    expect(offenders).toEqual([]);
  });
});

describe('statements and scripts', () => {
  it.each(filesBelow('lib/ledger/statements', '.sql.ts'))('%s says who calls it', (file) => {
    expect(readSource(file)).toMatch(/Called by:/);
  });

  it.each(filesBelow('lib/dispatch/scripts', '.lua'))(
    '%s says who calls it and what a repetition does',
    (file) => {
      const text = readSource(file);
      expect(text).toMatch(/^--\[\[\nPurpose/);
      expect(text).toMatch(/\nCalled by /);
      expect(text).toMatch(/\nTwice /);
    },
  );
});
