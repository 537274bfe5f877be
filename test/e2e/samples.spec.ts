import { describe, expect, it } from 'vitest';
import { inRepository } from '../support/deploy/repository.js';
import { filesBelow } from '../support/docs/source-facts.js';

/** Samples bring tests of their own, as an application would; here they run with those of the project. */
const SPECS = filesBelow('sample', '.spec.ts');

it('F115 there are samples with tests', () => {
  expect(SPECS).not.toEqual([]);
});

describe.each(SPECS)('F115 %s', async (path) => {
  await import(inRepository(path));
});
