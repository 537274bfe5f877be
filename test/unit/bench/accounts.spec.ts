import { describe, expect, it } from 'vitest';
import type { AccountAnswer } from '../../bench/child/answers.js';
import { payloadOf } from '../../bench/child/payload.js';
import { Tally } from '../../bench/child/tally.js';
import { allProcessed, allWaiting } from '../../bench/harness/accounts.js';

describe('a tally', () => {
  it('knows a job that ran twice from two jobs', () => {
    const tally = new Tally();
    tally.take(2);
    for (const n of [0, 1, 1]) tally.note(payloadOf(n));
    expect(tally.count()).toEqual({ enqueued: 2, handled: 2, repeats: 1 });
  });

  it('tells when the expected number has been reached, whatever came before', async () => {
    const tally = new Tally();
    tally.note(payloadOf(0));
    const reached = tally.expect(2);
    tally.note(payloadOf(200_000));
    tally.note(payloadOf(1));
    const { firstAt, lastAt } = await reached;
    expect(lastAt).toBeGreaterThanOrEqual(firstAt);
  });

  it('gives every job of a process a number of its own', () => {
    const tally = new Tally(10);
    expect([tally.take(3), tally.take(1)]).toEqual([10, 13]);
  });
});

describe('an account of processed jobs', () => {
  it('has nothing to complain of when processes and store agree', () => {
    const worker = answer({ handled: 5 }, { completed: 5, attempts: 5 });
    const producer = answer({ enqueued: 5 });
    expect(allProcessed(worker, producer)).toEqual({ jobs: 5, complaints: [] });
  });

  it('takes a store that keeps no finished jobs as it is', () => {
    expect(allProcessed(answer({ enqueued: 5, handled: 5 })).complaints).toEqual([]);
  });

  it.each<[string, AccountAnswer]>([
    ['jobs that ran: 4 instead of 5', answer({ enqueued: 5, handled: 4 })],
    ['jobs that ran again: 1 instead of 0', answer({ enqueued: 5, handled: 5, repeats: 1 })],
    ['unfinished jobs in the store: 2 instead of 0', answer({ enqueued: 5, handled: 5 }, { unfinished: 2 })],
    ['completed jobs in the store: 4 instead of 5', answer({ enqueued: 5, handled: 5 }, { completed: 4 })],
    ['completed runs in the history: 6 instead of 5', answer({ enqueued: 5, handled: 5 }, { attempts: 6 })],
  ])('complains: %s', (complaint, account) => {
    expect(allProcessed(account).complaints).toEqual([complaint]);
  });
});

it('wants every enqueued job to wait where nobody works', () => {
  expect(allWaiting(answer({ enqueued: 5 }, { unfinished: 5 })).complaints).toEqual([]);
  expect(allWaiting(answer({ enqueued: 5 }, { unfinished: 4 })).complaints).toEqual([
    'unfinished jobs in the store: 4 instead of 5',
  ]);
});

function answer(
  tally: Partial<AccountAnswer['tally']>,
  store: Partial<AccountAnswer['store']> = {},
): AccountAnswer {
  return {
    tally: { enqueued: 0, handled: 0, repeats: 0, ...tally },
    store: { unfinished: 0, completed: null, attempts: null, ...store },
  };
}
