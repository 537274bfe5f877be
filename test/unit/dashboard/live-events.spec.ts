import { describe, expect, it } from 'vitest';
import type { LedgerGlance } from '../../../lib/dashboard/live/glance.js';
import { LiveEvents } from '../../../lib/dashboard/live/live-events.js';
import { fullCounts } from '../../../lib/dashboard/job-answers.js';
import type { ServerEvents } from '../../../lib/dashboard/contract.js';
import type { HttpStream } from '../../../lib/dashboard/http/exchange.js';
import type { Clock, Timer } from '../../../lib/core/ports/clock.js';

/** Time that moves when it is told to. */
class StepClock implements Clock {
  private now = 0;
  private timers: { at: number; every: number | undefined; action: () => void }[] = [];
  readonly nowMs = (): number => this.now;
  readonly monotonicMs = (): number => this.now;
  readonly random = (): number => 0;

  after(delayMs: number, action: () => void): Timer {
    return this.add(delayMs, undefined, action);
  }

  every(periodMs: number, action: () => void): Timer {
    return this.add(periodMs, periodMs, action);
  }

  get waiting(): number {
    return this.timers.length;
  }

  async pass(ms: number): Promise<void> {
    const end = this.now + ms;
    while (this.now < end) {
      this.now += 100;
      for (const timer of this.timers.filter(({ at }) => at <= this.now)) {
        if (timer.every === undefined) this.timers = this.timers.filter((one) => one !== timer);
        else timer.at += timer.every;
        timer.action();
      }
      // What was asked for is answered before time goes on.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private add(delayMs: number, every: number | undefined, action: () => void): Timer {
    const timer = { at: this.now + delayMs, every, action };
    this.timers.push(timer);
    return { handle: timer, cancel: () => void (this.timers = this.timers.filter((one) => one !== timer)) };
  }
}

/** A browser that reads when it likes. */
class FakeStream implements HttpStream {
  readonly told: string[] = [];
  isFull = false;
  isEnded = false;
  private whenDrained: () => void = () => {};
  private whenClosed: () => void = () => {};

  readonly write = (text: string): boolean => {
    this.told.push(text);
    return !this.isFull;
  };
  readonly drained = (then: () => void): void => void (this.whenDrained = then);
  readonly closed = (then: () => void): void => void (this.whenClosed = then);

  readonly end = (): void => {
    this.isEnded = true;
    this.whenClosed();
  };

  drain(): void {
    this.isFull = false;
    this.whenDrained();
  }

  get news(): ServerEvents['changed'][] {
    const data = this.told.flatMap((text) => /^data: (.*)$/m.exec(text)?.[1] ?? []);
    return data.map((text) => JSON.parse(text) as ServerEvents['changed']);
  }

  get topics(): (readonly string[])[] {
    return this.news.map(({ topics }) => topics);
  }
}

const COUNTED = { counts: fullCounts({ completed: 12_000 }), estimated: ['completed'] } as const;
const stays = (): Promise<boolean> => Promise.resolve(true);

function setUp() {
  const clock = new StepClock();
  const ledger = { looks: 0, marks: { jobs: 'a', queues: 'a' } as LedgerGlance['marks'], fails: false };
  const live = new LiveEvents({
    clock,
    glance: () => {
      ledger.looks += 1;
      if (ledger.fails) return Promise.reject(new Error('away'));
      return Promise.resolve({ marks: { ...ledger.marks }, counted: COUNTED });
    },
  });
  return { clock, ledger, live };
}

describe('the news', () => {
  it('F93 come from one look a second for all pages together, and from none while nobody watches', async () => {
    const { clock, ledger, live } = setUp();
    const pages = [new FakeStream(), new FakeStream(), new FakeStream()];
    pages.forEach((page) => live.open(page, stays));
    await clock.pass(5_000);
    expect(ledger.looks).toBeLessThanOrEqual(6);
    expect(pages.map(({ topics }) => topics)).toEqual([
      [['jobs', 'queues']],
      [['jobs', 'queues']],
      [['jobs', 'queues']],
    ]);
    pages.forEach((page) => page.end());
    const before = ledger.looks;
    await clock.pass(5_000);
    expect(ledger.looks).toBe(before);
    expect(clock.waiting).toBe(0);
  });

  it('are told only when something changed, each topic by itself', async () => {
    const { clock, ledger, live } = setUp();
    const page = new FakeStream();
    live.open(page, stays);
    await clock.pass(3_000);
    ledger.marks = { jobs: 'b', queues: 'a' };
    await clock.pass(1_000);
    expect(page.topics).toEqual([['jobs', 'queues'], ['jobs']]);
  });

  it('reach a page that comes later, too', async () => {
    const { clock, live } = setUp();
    live.open(new FakeStream(), stays);
    await clock.pass(3_000);
    const late = new FakeStream();
    live.open(late, stays);
    await clock.pass(1_100);
    expect(late.topics).toEqual([['jobs', 'queues']]);
  });

  it('F93 say how many jobs there are, and which of the numbers are estimates', async () => {
    const { clock, live } = setUp();
    const page = new FakeStream();
    live.open(page, stays);
    await clock.pass(1_000);
    expect(page.news).toEqual([{ topics: ['jobs', 'queues'], ...COUNTED }]);
  });

  it('wait for a page that does not keep up, and come in one piece', async () => {
    const { clock, ledger, live } = setUp();
    const page = new FakeStream();
    live.open(page, stays);
    await clock.pass(1_000);
    page.isFull = true;
    for (const mark of ['b', 'c', 'd']) {
      ledger.marks = { jobs: mark, queues: mark };
      await clock.pass(1_000);
    }
    await clock.pass(20_000);
    expect(page.topics).toHaveLength(2);
    page.drain();
    expect(page.topics).toHaveLength(3);
  });

  it('are followed by comments, so that proxies see that the connection lives', async () => {
    const { clock, live } = setUp();
    const page = new FakeStream();
    live.open(page, stays);
    await clock.pass(31_000);
    expect(page.told.filter((text) => text.startsWith(': '))).toHaveLength(2);
  });

  it('go on when the ledger is back', async () => {
    const { clock, ledger, live } = setUp();
    const page = new FakeStream();
    ledger.fails = true;
    live.open(page, stays);
    await clock.pass(3_000);
    expect(page.topics).toEqual([]);
    ledger.fails = false;
    await clock.pass(1_000);
    expect(page.topics).toHaveLength(1);
  });

  it('F94 end within seconds for somebody who may not hear them any more, and for nobody else', async () => {
    const { clock, ledger, live } = setUp();
    const [ada, bob] = [new FakeStream(), new FakeStream()];
    let mayBobStay = true;
    live.open(ada, stays);
    live.open(bob, () => Promise.resolve(mayBobStay));
    await clock.pass(20_000);
    expect([ada.isEnded, bob.isEnded]).toEqual([false, false]);
    mayBobStay = false;
    await clock.pass(15_000);
    expect([ada.isEnded, bob.isEnded]).toEqual([false, true]);
    const told = bob.told.length;
    ledger.marks = { jobs: 'b', queues: 'b' };
    await clock.pass(1_100);
    expect(bob.told).toHaveLength(told);
    expect(ada.topics.at(-1)).toEqual(['jobs', 'queues']);
  });

  it('F94 end after ten minutes, so that the guards are asked again, and at a shutdown at once', async () => {
    const { clock, live } = setUp();
    const [old, young] = [new FakeStream(), new FakeStream()];
    live.open(old, stays);
    await clock.pass(599_000);
    live.open(young, stays);
    await clock.pass(1_500);
    expect([old.isEnded, young.isEnded]).toEqual([true, false]);
    live.close();
    expect(young.isEnded).toBe(true);
    expect(() => live.refuseWhenClosed()).toThrow('shuts down');
  });
});
