import { describe, expect, it } from 'vitest';
import { columnOf, indexedColumnOf, rareColumnOf } from '../../../lib/ledger/batch-columns.js';

const as = <Value>(value: Value): Value => value;

describe('the columns of a batch', () => {
  it('send once what all rows have in common', () => {
    expect(columnOf(['shop', 'shop', 'shop'], as)).toEqual(['shop']);
    expect(columnOf([7], as)).toEqual([7]);
  });

  it('send every value where one differs, wherever it is', () => {
    expect(columnOf([0, 0, 1], as)).toEqual([0, 0, 1]);
    expect(columnOf([1, 0, 0], as)).toEqual([1, 0, 0]);
  });

  it('send nothing for what no row has', () => {
    expect(rareColumnOf([null, null], as)).toEqual([]);
    expect(rareColumnOf([null, 'x', null], as)).toEqual([null, 'x', null]);
    // One value for all is still a value for each: a missing one must not be taken for it.
    expect(rareColumnOf(['x', 'x'], as)).toEqual(['x', 'x']);
  });

  it('send few different values once, and where each row finds its own', () => {
    expect(indexedColumnOf(['b', 'a', 'b'], as)).toEqual({ values: ['b', 'a'], places: [1, 2, 1] });
    expect(indexedColumnOf(['b', 'b'], as)).toEqual({ values: ['b'], places: [1] });
  });
});
