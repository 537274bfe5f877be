import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../lib/core/event-bus.js';

const event = { queue: 'shop', count: 2 };

describe('EventBus', () => {
  it('calls every listener of a name at once, in order, and no other', () => {
    const bus = new EventBus();
    const heard: string[] = [];
    bus.on('jobs.promoted', (promoted) => heard.push(`first ${promoted.count}`));
    bus.on('jobs.promoted', (promoted) => heard.push(`second ${promoted.queue}`));
    bus.on('jobs.reconciled', () => heard.push('never'));
    bus.emit('jobs.promoted', event);
    expect(heard).toEqual(['first 2', 'second shop']);
  });

  it('calls nobody when nobody listens', () => {
    const problems: unknown[] = [];
    new EventBus((name) => problems.push(name)).emit('jobs.promoted', event);
    expect(problems).toEqual([]);
  });

  it('contains a listener that throws, and calls the others', () => {
    const problems: unknown[] = [];
    const bus = new EventBus((name, error) => problems.push([name, error]));
    const thrown = new Error('listener');
    let heard = 0;
    bus.on('jobs.promoted', () => {
      throw thrown;
    });
    bus.on('jobs.promoted', () => {
      heard += 1;
    });
    bus.emit('jobs.promoted', event);
    expect(heard).toBe(1);
    expect(problems).toEqual([['jobs.promoted', thrown]]);
  });

  it('contains a listener that rejects', async () => {
    const problems: unknown[] = [];
    const bus = new EventBus((name, error) => problems.push([name, error]));
    const thrown = new Error('later');
    bus.on('jobs.promoted', async () => {
      await Promise.reject(thrown);
    });
    bus.emit('jobs.promoted', event);
    await nextTurn();
    expect(problems).toEqual([['jobs.promoted', thrown]]);
  });

  it('does not call a listener that has left, also when it leaves during an event', () => {
    const bus = new EventBus();
    const heard: string[] = [];
    const leave = bus.on('jobs.promoted', () => {
      heard.push('once');
      leave();
    });
    bus.on('jobs.promoted', () => heard.push('always'));
    bus.emit('jobs.promoted', event);
    bus.emit('jobs.promoted', event);
    leave();
    expect(heard).toEqual(['once', 'always', 'always']);
  });
});
