import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { CancelRequest } from '../../../lib/core/ports/open-runs.js';
import { CancelWatch } from '../../../lib/worker/cancel-watch.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { settled } from '../../support/worker/claims.js';
import { FakeOpenRuns } from '../../support/worker/fake-open-runs.js';

const REQUEST: CancelRequest = { id: 'job-1', run: 3, reason: 'duplicate' };

function stage() {
  const clock = new ManualClock();
  const events = new EventBus();
  const openRuns = new FakeOpenRuns();
  const heard: CancelRequest[] = [];
  const failures: string[] = [];
  events.on('engine.failed', ({ during }) => failures.push(during));
  const workers = ['worker-1'];
  const watch = new CancelWatch({
    clock,
    events,
    openRuns,
    workerIds: () => workers,
    onRequest: (request) => heard.push(request),
  });
  watch.start();
  return { clock, events, openRuns, heard, failures, workers, watch };
}

describe('CancelWatch', () => {
  it('F79 hears of a request within a second, for the workers that run something', async () => {
    const { clock, openRuns, heard } = stage();
    openRuns.requests = [REQUEST];
    clock.advance(1_000);
    await settled();
    expect(heard).toEqual([REQUEST]);
    expect(openRuns.looks).toEqual([['worker-1']]);
  });

  it('asks nothing while nothing runs', async () => {
    const { clock, openRuns, workers } = stage();
    workers.length = 0;
    clock.advance(60_000);
    await settled();
    expect(openRuns.looks).toEqual([]);
  });

  it('looks at once when the request was made in this process', async () => {
    const { events, openRuns, heard } = stage();
    openRuns.requests = [REQUEST];
    events.emit('cancel.requested', {
      job: { id: 'job-1', queue: 'shop', type: 'send_email', priority: 0 },
      reason: 'duplicate',
    });
    await settled();
    expect(heard).toEqual([REQUEST]);
  });

  it('goes on after a look that failed', async () => {
    const { clock, openRuns, heard, failures } = stage();
    const look = openRuns.cancelRequests.bind(openRuns);
    openRuns.cancelRequests = () => Promise.reject(new Error('no ledger'));
    clock.advance(1_000);
    await settled();
    openRuns.cancelRequests = look;
    openRuns.requests = [REQUEST];
    clock.advance(1_000);
    await settled();
    expect(failures).toEqual(['cancel']);
    expect(heard).toEqual([REQUEST]);
  });

  it('has one look under way at a time', async () => {
    const { clock, openRuns } = stage();
    let looks = 0;
    openRuns.cancelRequests = () => {
      looks += 1;
      return new Promise(() => {});
    };
    clock.advance(5_000);
    await settled();
    expect(looks).toBe(1);
  });

  it('leaves nothing behind when it stops', () => {
    const { clock, watch } = stage();
    watch.stop();
    expect(clock.timers).toBe(0);
  });
});
