import { describe, expect, it, vi } from 'vitest';
import { openDispatcher } from '../../support/dispatch/open-dispatcher.js';

vi.mock('ioredis', () => {
  throw new Error('ioredis was loaded');
});

describe('a dispatcher without Redis', () => {
  it('does not load ioredis', async () => {
    await using subject = await openDispatcher({ redis: false });
    expect(subject.dispatcher.mode).toBe('postgres');
    await expect(openDispatcher({ redis: 'redis://127.0.0.1:1' })).rejects.toThrow();
  });

  it('contains what a woken listener throws', async () => {
    const failure = new Error('the listener broke');
    const onWake = (): never => {
      throw failure;
    };
    await using subject = await openDispatcher({ redis: false, onWake });
    await subject.dispatcher.announce('shop', [{ id: 'any', type: 'send_email', priority: 0 }]);
    expect(subject.events('engine.failed')).toEqual([{ during: 'wake-up', error: failure }]);
  });
});
