import { describe, expect, it } from 'vitest';
import {
  InvalidQueryError,
  JobCancelledError,
  JobDeadError,
  JobNotFoundError,
  JobWaitTimeoutError,
  KyuClosedError,
  LedgerUnavailableError,
} from '../../../lib/core/errors.js';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { JobStanding } from '../../../lib/core/ports/job-outcomes.js';
import { settle } from '../../../lib/core/settlement.js';
import { JobWaiter } from '../../../lib/producer/job-waiter.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, deferred, handlerOf, settled } from '../../support/worker/claims.js';

const ID = '01900000-0000-7000-8000-00000000000a';
const OTHER = '01900000-0000-7000-8000-00000000000b';

function stage() {
  const clock = new ManualClock();
  const events = new EventBus();
  const looks: (readonly string[])[] = [];
  const standings = new Map<string, JobStanding>();
  const put = (id: string, status: JobStanding['status'], rest: Partial<JobStanding> = {}): void =>
    void standings.set(id, { id, status, result: null, errorMessage: null, ...rest });
  const outcomes = {
    standings: async (ids: readonly string[]): Promise<JobStanding[]> => {
      looks.push(ids);
      return ids.flatMap((id) => standings.get(id) ?? []);
    },
  };
  const waiter = new JobWaiter({ clock, events, outcomes });
  const end = (id: string): void => {
    const times = { startedAfterMs: 0, finishedAfterMs: 1 };
    const outcome = { kind: 'completed' as const, result: null };
    const one = settle(claimOf({ id }), outcome, times, handlerOf().retryPolicy, () => 0);
    events.emit('runs.settled', { settlements: [one] });
  };
  put(ID, 'running');
  put(OTHER, 'pending');
  return { clock, events, looks, outcomes, put, standings, waiter, end };
}

describe('JobWaiter', () => {
  it('answers at once for a job that has ended', async () => {
    const { clock, put, waiter } = stage();
    put(ID, 'completed', { result: { paid: true } });
    expect(await waiter.wait(ID, {})).toEqual({ paid: true });
    expect(clock.timers).toBe(0);
  });

  it('asks for all who wait with one statement, four times a second', async () => {
    const { clock, looks, put, waiter } = stage();
    const [first, second, again] = [waiter.wait(ID, {}), waiter.wait(OTHER, {}), waiter.wait(ID, {})];
    await settled();
    looks.length = 0;
    clock.advance(250);
    await settled();
    expect(looks).toEqual([[ID, OTHER]]);
    put(ID, 'completed', { result: 1 });
    put(OTHER, 'completed', { result: 2 });
    clock.advance(250);
    expect(await Promise.all([first, second, again])).toEqual([1, 2, 1]);
    expect(looks).toHaveLength(2);
    expect(clock.timers).toBe(0);
  });

  it('looks at once when this process itself has settled the job', async () => {
    const { looks, put, waiter, end } = stage();
    const result = waiter.wait(ID, {});
    await settled();
    put(ID, 'completed', { result: 'ready' });
    end(OTHER);
    await settled();
    expect(looks).toHaveLength(1);
    end(ID);
    expect(await result).toBe('ready');
  });

  it('looks again when the job ended while a look was under way', async () => {
    const { outcomes, put, waiter, end } = stage();
    const slow = deferred<JobStanding[]>();
    const real = outcomes.standings;
    outcomes.standings = () => slow.promise;
    const result = waiter.wait(ID, {});
    await settled();
    outcomes.standings = real;
    put(ID, 'completed', { result: 'ready' });
    end(ID);
    slow.resolve([{ id: ID, status: 'running', result: null, errorMessage: null }]);
    expect(await result).toBe('ready');
  });

  it.each([
    ['dead', JobDeadError],
    ['cancelled', JobCancelledError],
  ] as const)('rejects for a job that is %s, with the reason', async (status, Refusal) => {
    const { put, waiter } = stage();
    put(ID, status, { errorMessage: 'no such address' });
    const error: unknown = await waiter.wait(ID, {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ jobId: ID, reason: 'no such address' });
  });

  it('rejects for a job that is not there', async () => {
    const { standings, waiter } = stage();
    standings.clear();
    await expect(waiter.wait(ID, {})).rejects.toThrow(JobNotFoundError);
  });

  it('gives up when the time is over, and not before', async () => {
    const { clock, waiter } = stage();
    let error: unknown;
    const given = waiter.wait(ID, { timeout: '10s' }).catch((reason: unknown) => (error = reason));
    clock.advance(9_999);
    await settled();
    expect(error).toBeUndefined();
    clock.advance(1);
    await given;
    expect(error).toBeInstanceOf(JobWaitTimeoutError);
    expect(clock.timers).toBe(0);
  });

  it('waits through an outage', async () => {
    const { clock, outcomes, put, waiter } = stage();
    const real = outcomes.standings;
    outcomes.standings = () => Promise.reject(new LedgerUnavailableError('away', undefined));
    const result = waiter.wait(ID, {});
    clock.advance(1_000);
    await settled();
    outcomes.standings = real;
    put(ID, 'completed', { result: 'after all' });
    clock.advance(250);
    expect(await result).toBe('after all');
  });

  it('rejects with an error that another look would not change', async () => {
    const { outcomes, waiter } = stage();
    outcomes.standings = () => Promise.reject(new Error('permission denied'));
    await expect(waiter.wait(ID, {})).rejects.toThrow('permission denied');
  });

  it('refuses what is no id, no time and no option', () => {
    const { waiter } = stage();
    expect(() => waiter.wait('17', {})).toThrow(InvalidQueryError);
    expect(() => waiter.wait(ID, { timeout: 'soon' })).toThrow(InvalidQueryError);
    expect(() => waiter.wait(ID, { timout: 1 } as never)).toThrow('timout');
  });

  it('ends every wait when it is closed', async () => {
    const { clock, waiter } = stage();
    const given = waiter.wait(ID, {});
    waiter.close();
    await expect(given).rejects.toThrow(KyuClosedError);
    expect(clock.timers).toBe(0);
  });
});
