import { describe, expect, it } from 'vitest';
import { WaitingLine } from '../../../lib/worker/waiting-line.js';
import { claimOf } from '../../support/worker/claims.js';

const lineOf = (...types: string[]) => {
  const line = new WaitingLine();
  const claims = types.map((type) => claimOf({ type }));
  for (const claim of claims) line.push({ claim, claimedAtMs: 0 });
  return { line, claims };
};
const anybody = (): boolean => true;

describe('the line of claims that wait', () => {
  it('lets go first who came first', () => {
    const { line, claims } = lineOf('a', 'b', 'c');
    expect([line.takeFirst(anybody), line.takeFirst(anybody)].map((waiting) => waiting?.claim)).toEqual(
      claims.slice(0, 2),
    );
    expect(line.claims).toEqual(claims.slice(2));
  });

  it('lets one pass whose turn it is while those before it may not start', () => {
    const { line, claims } = lineOf('full', 'full', 'free', 'full');
    expect(line.takeFirst(({ type }) => type === 'free')?.claim).toBe(claims[2]);
    expect(line.takeFirst(({ type }) => type === 'free')).toBeUndefined();
    expect(line.claims).toEqual([claims[0], claims[1], claims[3]]);
  });

  it('gives up the one that is asked for, and no other', () => {
    const { line, claims } = lineOf('a', 'b', 'c');
    line.takeFirst(anybody);
    expect(line.remove(claims[2] ?? claimOf())).toBe(true);
    expect(line.remove(claims[0] ?? claimOf())).toBe(false);
    expect(line.claims).toEqual([claims[1]]);
  });

  it('knows how many wait, whoever left', () => {
    const { line, claims } = lineOf('a', 'b', 'full', 'c');
    line.takeFirst(anybody);
    line.takeFirst(({ type }) => type === 'c');
    expect(line.size).toBe(2);
    line.remove(claims[1] ?? claimOf());
    line.remove(claims[1] ?? claimOf());
    expect(line.size).toBe(1);
  });

  it('keeps the order over thousands that come and go', () => {
    const line = new WaitingLine();
    const gone: string[] = [];
    const ids = Array.from({ length: 3_000 }, (_, index) => String(index));
    for (const [index, id] of ids.entries()) {
      line.push({ claim: claimOf({ id }), claimedAtMs: 0 });
      if (index % 3 === 2) for (const _ of 'ab') gone.push(line.takeFirst(anybody)?.claim.id ?? '');
    }
    while (line.size > 0) gone.push(line.takeFirst(anybody)?.claim.id ?? '');
    expect(gone).toEqual(ids);
  });
});
