import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import { QueueRotation, type QueueOrder } from '../../../lib/core/queue-rotation.js';
import { LocalClaiming, type LocalClaimingParts } from '../../../lib/worker/local-claiming.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, handlerOf, settled } from '../../support/worker/claims.js';

const JOB = { id: 'job-1', queue: 'shop', type: 'send_email' };

interface Given extends Partial<LocalClaimingParts> {
  readonly total?: number;
  readonly order?: QueueOrder;
  readonly types?: readonly string[];
}

function stage({ total = 2, order = 'weighted', types = ['send_email'], ...parts }: Given = {}) {
  const clock = new ManualClock();
  const begun: Claim[] = [];
  let doubts = 0;
  const handlers = types.map((type) => handlerOf({ type, concurrency: type === 'narrow' ? 1 : total }));
  const slots = new SlotBook(total, handlers, new Map([['limited', 1]]));
  const weights = new Map([
    ['limited', 1],
    ['shop', 2],
    ['heavy', 3],
  ]);
  const local = new LocalClaiming({
    slots,
    rotation: new QueueRotation(weights, order),
    clock,
    workerId: () => 'worker-1',
    isCalm: () => true,
    isPaused: () => false,
    onClaim: (claim) => begun.push(claim),
    onDoubt: () => (doubts += 1),
    ...parts,
  });
  return { begun, clock, local, slots, doubts: () => doubts };
}

describe('a place for a job that this process writes', () => {
  it('names the worker, and the types that have room', () => {
    const { local } = stage({ types: ['send_email', 'narrow'] });
    expect(local.reserve(JOB)?.claimant).toEqual({
      workerId: 'worker-1',
      types: ['send_email', 'narrow'],
      queuesBefore: [],
    });
    local.reserve({ ...JOB, id: 'job-2', type: 'narrow' });
    expect(local.jobIds).toEqual(['job-1', 'job-2']);
  });

  it('names the type of the job, though it is not asked for yet', () => {
    const { local } = stage({ types: ['report:*', 'send_email'] });
    expect(local.reserve({ ...JOB, type: 'report:sales' })?.claimant.types).toEqual([
      'report:sales',
      'send_email',
    ]);
  });

  it('names the queues that are served before, in strict order', () => {
    const { local } = stage({ order: 'strict', total: 5 });
    expect(local.reserve(JOB)?.claimant.queuesBefore).toEqual(['heavy']);
    expect(local.reserve({ ...JOB, id: 'job-2', queue: 'heavy' })?.claimant.queuesBefore).toEqual([]);
  });

  it.each<[string, Given, object]>([
    ['the pool is busy, draining or not running', { isCalm: () => false }, {}],
    ['the lease is not proven', { workerId: () => undefined }, {}],
    ['the queue or the type rests', { isPaused: ({ queue }) => queue === 'shop' }, {}],
    ['nobody handles the type', {}, { type: 'unknown' }],
    ['the queue is not served here', {}, { queue: 'foreign' }],
    ['more types have room than the ledger should look for', { types: manyTypes() }, {}],
  ])('is not kept when %s', (_, given, job) => {
    const { local, slots } = stage({ ...given, types: ['send_email', ...(given.types ?? [])] });
    expect(local.reserve({ ...JOB, ...job })).toBeUndefined();
    expect(slots.waitingCount).toBe(0);
  });

  it.each([
    ['the process', { total: 1 }, {}],
    ['the type', { total: 5, types: ['narrow'] }, { type: 'narrow' }],
    ['the queue', { total: 5 }, { queue: 'limited' }],
  ])('is not kept beyond the room of %s, and again when it is free', (_, given, job) => {
    const { local } = stage(given);
    const first = local.reserve({ ...JOB, ...job });
    expect(first).toBeDefined();
    expect(local.reserve({ ...JOB, ...job, id: 'job-2' })).toBeUndefined();
    first?.giveUp();
    expect(local.reserve({ ...JOB, ...job, id: 'job-2' })).toBeDefined();
  });

  it('is not kept beside claims that are under way', () => {
    const { local, slots } = stage({ total: 2 });
    slots.reserve(2);
    expect(local.reserve(JOB)).toBeUndefined();
  });

  it('becomes a claim, and the job is known to the pool without a gap', () => {
    const known: boolean[] = [];
    const { local, slots } = stage({
      onClaim: ({ id }) => known.push(local.jobIds.includes(id), slots.waitingCount > 0),
    });
    local.reserve(JOB)?.begin(claimOf({ id: 'job-1' }));
    // Asked in the same turn of the event loop in which the claim is handed over.
    expect(known).toEqual([false, false]);
    expect(local.size).toBe(0);
  });

  it('is in doubt when the answer was lost: the ledger is asked, and the job is not known any more', () => {
    const { begun, doubts, local, slots } = stage();
    local.reserve(JOB)?.doubt();
    expect([doubts(), begun.length, local.size, slots.waitingCount]).toEqual([1, 0, 0, 0]);
    // It is written a second time, and must not be known then.
    expect(local.reserve(JOB)).toBeUndefined();
  });

  it('ends once, whoever says so again', () => {
    const { begun, local, slots } = stage();
    const place = local.reserve(JOB);
    place?.begin(claimOf());
    place?.begin(claimOf());
    place?.giveUp();
    expect(begun).toHaveLength(1);
    expect(slots.waitingCount).toBe(0);
  });

  it('tells those who wait for the last one', async () => {
    const { local } = stage();
    await local.whenNone();
    const [first, second] = [local.reserve(JOB), local.reserve({ ...JOB, id: 'job-2' })];
    let isNone = false;
    const none = local.whenNone().then(() => (isNone = true));
    first?.giveUp();
    await settled();
    expect(isNone).toBe(false);
    second?.giveUp();
    await none;
  });

  it('is kept for nobody for ten seconds after three slow answers in a row', () => {
    const { clock, local } = stage();
    for (const answerMs of [51, 51, 49, 51, 51, 51]) {
      const place = local.reserve(JOB);
      expect(place).toBeDefined();
      clock.advance(answerMs);
      place?.giveUp();
    }
    expect(local.reserve(JOB)).toBeUndefined();
    clock.advance(10_000);
    const place = local.reserve(JOB);
    expect(place).toBeDefined();
    // From there on they are counted anew.
    clock.advance(51);
    place?.giveUp();
    expect(local.reserve(JOB)).toBeDefined();
  });

  it('begins a run outside the context of whoever enqueues', () => {
    const context = new AsyncLocalStorage<string>();
    const seen: unknown[] = [];
    const { local } = stage({ onClaim: () => seen.push(context.getStore()) });
    context.run('a request', () => local.reserve(JOB)?.begin(claimOf()));
    expect(seen).toEqual([undefined]);
  });
});

function manyTypes(): string[] {
  return Array.from({ length: 100 }, (_, index) => `type_${index}`);
}
