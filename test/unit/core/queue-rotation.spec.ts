import { describe, expect, it } from 'vitest';
import { QueueRotation } from '../../../lib/core/queue-rotation.js';

/** Serves so many jobs, `batch` at a time, while every queue has plenty; answers how many each got. */
function served(rotation: QueueRotation, jobs: number, batch: number): Record<string, number> {
  const counts: Record<string, number> = {};
  const open = new Set(rotation.queues);
  for (let done = 0; done < jobs; done += batch) {
    for (const { queue, count } of rotation.share(batch, open)) counts[queue] = (counts[queue] ?? 0) + count;
  }
  return counts;
}

describe('QueueRotation', () => {
  it.each([1, 5, 50, 500])('F56 serves weight 6 six times as often as weight 1, %i at a time', (batch) => {
    const rotation = new QueueRotation(
      new Map([
        ['shop', 6],
        ['reports', 1],
      ]),
      'weighted',
    );
    const counts = served(rotation, 7_000, batch);
    expect(counts['shop']! / counts['reports']!).toBeCloseTo(6, 1); // both queues were served
  });

  it('spreads the turns of the light queue evenly', () => {
    const rotation = new QueueRotation(
      new Map([
        ['a', 3],
        ['b', 1],
      ]),
      'weighted',
    );
    const turns = Array.from({ length: 8 }, () => rotation.share(1, new Set(['a', 'b']))[0]?.queue);
    expect(turns.join('')).toBe('aabaaaba');
  });

  it('gives everything to the others when a queue has nothing, and no credit for the time', () => {
    const rotation = new QueueRotation(
      new Map([
        ['a', 1],
        ['b', 1],
      ]),
      'weighted',
    );
    expect(rotation.share(100, new Set(['a']))).toEqual([{ queue: 'a', count: 100 }]);
    expect(served(rotation, 100, 10)).toEqual({ a: 50, b: 50 });
  });

  it('F57 serves a lighter queue only when heavier ones have nothing, in strict order', () => {
    const rotation = new QueueRotation(
      new Map([
        ['low', 1],
        ['high', 9],
        ['middle', 5],
      ]),
      'strict',
    );
    expect(rotation.queues).toEqual(['high', 'middle', 'low']);
    expect(rotation.share(10, new Set(['low', 'middle', 'high']))).toEqual([{ queue: 'high', count: 10 }]);
    expect(rotation.share(10, new Set(['low', 'middle']))).toEqual([{ queue: 'middle', count: 10 }]);
  });

  it('has nothing to share without queues', () => {
    expect(new QueueRotation(new Map(), 'weighted').share(5, new Set())).toEqual([]);
  });
});
