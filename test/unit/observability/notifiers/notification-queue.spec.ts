import { describe, expect, it } from 'vitest';
import { DeliveryFailure, type KyuNotifier } from '../../../../lib/core/ports/notifier.js';
import { NotificationQueue } from '../../../../lib/observability/notifiers/notification-queue.js';
import { ManualClock } from '../../../support/observability/manual-clock.js';
import { settled } from '../../../support/worker/claims.js';

function stage(deliver: KyuNotifier['deliver'] = () => Promise.resolve(), perMinute?: number) {
  const clock = new ManualClock();
  const sent: string[] = [];
  const failed: { lost: number; message: string }[] = [];
  const notifier: KyuNotifier = {
    name: 'pager',
    ...(perMinute === undefined ? {} : { perMinute }),
    deliver: (notification, signal) => {
      sent.push(notification.text);
      return deliver(notification, signal);
    },
  };
  const onFailed = (lost: number, error: unknown): void =>
    void failed.push({ lost, message: error instanceof Error ? error.message : String(error) });
  const queue = new NotificationQueue({ notifier, clock, onFailed });
  return { clock, sent, failed, queue };
}

const failing = (...failures: (Error | undefined)[]): KyuNotifier['deliver'] => {
  return () => {
    const failure = failures.shift();
    return failure === undefined ? Promise.resolve() : Promise.reject(failure);
  };
};

describe('a notifier', () => {
  it('F100 gets what it should tell, one after the other', async () => {
    let underWay = 0;
    let most = 0;
    const { queue, sent } = stage(async () => {
      most = Math.max(most, (underWay += 1));
      await settled();
      underWay -= 1;
    });
    for (const text of ['a', 'b', 'c']) queue.push('dead', { text });
    await queue.drain();
    expect([sent, most]).toEqual([['a', 'b', 'c'], 1]);
  });

  it('F100 is tried three times, with longer and longer waits', async () => {
    const { queue, sent, failed, clock } = stage(failing(new Error('1'), new Error('2'), new Error('3')));
    queue.push('dead', { text: 'a' });
    await settled();
    expect(sent).toHaveLength(1);
    clock.advance(999);
    await settled();
    expect(sent).toHaveLength(1);
    clock.advance(1);
    await settled();
    expect(sent).toHaveLength(2);
    clock.advance(4_000);
    await settled();
    expect(sent).toHaveLength(3);
    expect(failed).toEqual([{ lost: 1, message: '3' }]);
  });

  it('F100 is left alone for as long as it asks for', async () => {
    const { queue, sent, failed, clock } = stage(
      failing(new DeliveryFailure('429', { retryAfterMs: 30_000 })),
    );
    queue.push('dead', { text: 'a' });
    await settled();
    clock.advance(29_999);
    await settled();
    expect(sent).toHaveLength(1);
    clock.advance(1);
    await settled();
    expect([sent, failed]).toEqual([['a', 'a'], []]);
  });

  it('is not tried again when that is of no use, and the next one is', async () => {
    const { queue, sent, failed } = stage(failing(new DeliveryFailure('404', { isFinal: true })));
    queue.push('dead', { text: 'a' });
    queue.push('dead', { text: 'b' });
    await settled();
    expect([sent, failed]).toEqual([['a', 'b'], [{ lost: 1, message: '404' }]]);
  });

  it('F100 gets 20 a minute, and then one that sums up the rest', async () => {
    const { queue, sent, clock } = stage();
    for (let number = 0; number < 332; number += 1) {
      queue.push(number % 2 === 0 ? 'dead' : 'stalled', { text: `${number}` });
    }
    await settled();
    expect(sent).toHaveLength(20);
    clock.advance(60_000);
    await settled();
    expect(sent.slice(20)).toEqual(['… and 312 more within the last minute: 156 dead, 156 stalled']);
    for (let number = 0; number < 30; number += 1) queue.push('dead', { text: 'again' });
    await settled();
    expect(sent.filter((text) => text === 'again')).toHaveLength(19);
    clock.advance(60_000);
    await settled();
    expect(sent.at(-1)).toBe('… and 11 more within the last minute: 11 dead');
    clock.advance(60_000);
    expect(clock.timers).toBe(0);
  });

  it('has a limit of its own, if it likes', async () => {
    const { queue, sent } = stage(undefined, 2);
    for (const text of ['a', 'b', 'c']) queue.push('dead', { text });
    await settled();
    expect(sent).toEqual(['a', 'b']);
  });

  it('that does not answer is given up after 10 s, even when it ignores its signal', async () => {
    const { queue, sent, clock } = stage(() => new Promise(() => {}));
    queue.push('dead', { text: 'a' });
    await settled();
    clock.advance(10_000);
    await settled();
    clock.advance(1_000);
    await settled();
    expect(sent).toEqual(['a', 'a']);
    queue.stop();
  });

  it('that throws at once is no different', async () => {
    const { queue, failed } = stage(() => {
      throw new DeliveryFailure('broken', { isFinal: true });
    });
    queue.push('dead', { text: 'a' });
    await settled();
    expect(failed).toEqual([{ lost: 1, message: 'broken' }]);
  });

  it('F100 hears everything before the end, without waits', async () => {
    const { queue, sent, clock } = stage(failing(new Error('not yet')), 2);
    for (const text of ['a', 'b', 'c', 'd']) queue.push('dead', { text });
    await settled();
    await queue.drain();
    expect(sent).toEqual(['a', 'a', 'b', '… and 2 more within the last minute: 2 dead']);
    expect(clock.timers).toBe(0);
  });

  it('F100 is given up at the end, and what is lost is counted', async () => {
    const { queue, failed, clock } = stage((_notification, signal) => {
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    });
    for (const text of ['a', 'b', 'c']) queue.push('dead', { text });
    const drained = queue.drain();
    queue.stop();
    await drained;
    const message = 'the application has shut down';
    expect(failed).toEqual([
      { lost: 2, message },
      { lost: 1, message },
    ]);
    queue.push('dead', { text: 'too late' });
    expect(clock.timers).toBe(0);
  });
});
