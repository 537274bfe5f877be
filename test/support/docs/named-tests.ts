import { readText } from '../deploy/repository.js';
import { filesBelow } from './source-facts.js';

/** A test, or a group of tests, that names features by their numbers. */
export interface NamedTest {
  readonly file: string;
  readonly title: string;
  readonly numbers: readonly number[];
}

/** The floors on which a feature is proved best, first. */
const FLOORS = ['e2e', 'fault', 'integration', 'contract', 'property', 'unit', 'types', 'architecture'];

/** The text behind `it(`, `describe(`, `test(`, with or without `.each(…)` and its kind. */
const TITLE = /(?:\b(?:it|test|describe)(?:\.\w+)*|\))\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1/g;
const NUMBER = /\bF(\d{1,3})\b/g;

/** Every title of the project's tests that names a feature, the best proofs first. */
export function namedTests(): NamedTest[] {
  const files = [...filesBelow('test', '.spec.ts'), ...filesBelow('test', '.contract.ts')];
  return files
    .filter((file) => floorOf(file) >= 0)
    .sort((left, right) => floorOf(left) - floorOf(right) || (left < right ? -1 : 1))
    .flatMap((file) => namedTestsIn(file, readText(file)));
}

export function namedTestsIn(file: string, text: string): NamedTest[] {
  return [...text.matchAll(TITLE)].flatMap(([, , literal = '']) => {
    const title = literal.replaceAll(/\\(.)/g, '$1');
    const numbers = [...title.matchAll(NUMBER)].map(([, digits]) => Number(digits));
    return numbers.length === 0 ? [] : [{ file, title, numbers }];
  });
}

function floorOf(file: string): number {
  return FLOORS.indexOf(file.split('/')[1] ?? '');
}
