import { describe, expect, it } from 'vitest';
import {
  filesBelow,
  importsOf,
  libraryImports,
  readSource,
  type Import,
} from '../support/sources/module-graph.js';

/** The files directly in `lib` receive connections, and open none. */
const NAMED_AS_TYPES_ONLY = ['typeorm', 'pg', 'ioredis'];

/** The one file that may reach into Nest; see what it says about itself. */
const NEST_INTERNALS = 'lib/handlers/nest-internals.ts';

function valueImportsOfTechnology(imports: readonly Import[]): string[] {
  return imports
    .filter(({ from, to }) => /^lib\/[^/]+$/.test(from) && NAMED_AS_TYPES_ONLY.includes(to))
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map(({ from, to }) => `${from} loads ${to}`);
}

/** `'@nestjs/core/injector/…'`, `'typeorm/driver/…'`: what a package does not promise to keep. */
function deepImportsIn(file: string, text: string): string[] {
  const deep = /from '((?:@[\w-]+\/)?[\w-]+\/[^']+)'/g;
  return (
    [...text.matchAll(deep)]
      .map(([, target = '']) => target)
      .filter((target) => !/^@[\w-]+\/[\w-]+$/.test(target) && !target.startsWith('node:'))
      // A door that the package documents.
      .filter((target) => target !== 'preact/hooks')
      .map((target) => `${file} reaches into ${target}`)
  );
}

describe('technologies', () => {
  it('are known to the root by their types alone', () => {
    expect(valueImportsOfTechnology(libraryImports())).toEqual([]);
  });

  it('would be seen when the root loads one', () => {
    const planted = importsOf('lib/kyu.runtime.ts', "import { DataSource } from 'typeorm';");
    expect(valueImportsOfTechnology(planted)).toEqual(['lib/kyu.runtime.ts loads typeorm']);
    const typeOnly = importsOf('lib/kyu.runtime.ts', "import type { DataSource } from 'typeorm';");
    expect(valueImportsOfTechnology(typeOnly)).toEqual([]);
  });

  it('are entered by their front door, except in one file', () => {
    const files = filesBelow('lib', '.ts').filter((file) => file !== NEST_INTERNALS);
    expect(files.flatMap((file) => deepImportsIn(file, readSource(file)))).toEqual([]);
    expect(deepImportsIn(NEST_INTERNALS, readSource(NEST_INTERNALS))).not.toEqual([]);
  });

  it('let one file know who does the calendar', () => {
    const users = libraryImports().filter(({ to }) => to === 'croner');
    expect(users.map(({ from }) => from)).toEqual(['lib/core/cron-expression.ts']);
  });

  it.each([
    "import { X } from '@nestjs/core/injector/module.js';",
    "export { Y } from 'typeorm/driver/types.js';",
  ])('would be seen when entered elsewhere: %s', (text) => {
    expect(deepImportsIn('lib/worker/run.ts', text)).toHaveLength(1);
  });

  it.each([
    "import { Module } from '@nestjs/common';",
    "import { x } from 'node:util/types';",
    "import a from 'pg';",
  ])('may be entered so: %s', (text) => {
    expect(deepImportsIn('lib/worker/run.ts', text)).toEqual([]);
  });
});

describe('sizes', () => {
  const MOST_LINES = 400;
  const NOTEWORTHY_LINES = 250;

  const sizes = filesBelow('lib', '.ts').map((file) => ({ file, lines: linesOf(readSource(file)) }));

  it(`stay below ${MOST_LINES} lines, and those above ${NOTEWORTHY_LINES} are pointed out`, () => {
    const noteworthy = sizes.filter(({ lines }) => lines > NOTEWORTHY_LINES);
    for (const { file, lines } of noteworthy) console.log(`${file} has ${lines} lines.`);
    expect(noteworthy.filter(({ lines }) => lines >= MOST_LINES)).toEqual([]);
  });

  it('are counted in lines', () => {
    expect(linesOf('one\ntwo\nthree\n')).toBe(3);
    expect(sizes.length).toBeGreaterThan(100);
  });

  function linesOf(text: string): number {
    return text.trimEnd().split('\n').length;
  }
});
