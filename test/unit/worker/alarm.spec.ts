import { describe, expect, it } from 'vitest';
import { Alarm } from '../../../lib/worker/alarm.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { settled } from '../../support/worker/claims.js';

describe('Alarm', () => {
  it('wakes the sleeper when it rings, and leaves no timer behind', async () => {
    const clock = new ManualClock();
    const alarm = new Alarm(clock);
    let awake = false;
    const sleep = alarm.sleep(5_000).then(() => (awake = true));
    await settled();
    expect(awake).toBe(false);
    alarm.ring();
    await sleep;
    expect(clock.timers).toBe(0);
  });

  it('wakes the sleeper when the time is over', async () => {
    const clock = new ManualClock();
    const sleep = new Alarm(clock).sleep(5_000);
    clock.advance(5_000);
    await expect(sleep).resolves.toBeUndefined();
  });

  it('keeps a ring that comes while nobody sleeps, once', async () => {
    const clock = new ManualClock();
    const alarm = new Alarm(clock);
    alarm.ring();
    alarm.ring();
    await alarm.sleep(5_000);
    let awake = false;
    const second = alarm.sleep(5_000).then(() => (awake = true));
    await settled();
    expect(awake).toBe(false);
    clock.advance(5_000);
    await second;
  });
});
