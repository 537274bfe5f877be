import { beforeEach, describe, expect, it } from 'vitest';
import type { JobDraft } from '../../../lib/core/job.js';
import { EnqueuedExpectations } from '../../../lib/testing/enqueued-expectations.js';
import { EnqueuedLog } from '../../../lib/testing/enqueued-log.js';

let log: EnqueuedLog;
let enqueued: EnqueuedExpectations;

beforeEach(() => {
  log = new EnqueuedLog();
  enqueued = new EnqueuedExpectations(log);
});

describe('F114 expectEnqueued', () => {
  it('finds a job by a part of its payload', () => {
    record('send_email', {
      to: 'a@b.example',
      lines: [{ sku: 1, count: 2 }],
      at: '2027-01-01T00:00:00.000Z',
    });
    for (const part of [
      undefined,
      {},
      { to: 'a@b.example' },
      { lines: [{ sku: 1 }] },
      { at: new Date('2027-01-01T00:00:00Z') },
      { to: expect.stringContaining('@') as unknown, lines: expect.any(Array) as unknown },
      { cc: undefined },
    ]) {
      expect(enqueued.expect('send_email', part).type).toBe('send_email');
    }
    for (const part of [
      { to: 'c@d.example' },
      { lines: [] },
      { lines: {} },
      { cc: 'x' },
      [],
      'a@b.example',
      null,
    ]) {
      expect(() => enqueued.expect('send_email', part)).toThrow('but there is none');
    }
  });

  it('finds a job whose payload is no object', () => {
    record('count', 7);
    record('names', ['ada', 'grace']);
    expect(enqueued.expect('count', 7).payload).toBe(7);
    expect(enqueued.expect('names', ['ada', 'grace']).payload).toEqual(['ada', 'grace']);
    expect(() => enqueued.expect('names', ['ada'])).toThrow('["ada"]');
  });

  it('asks a function, with the whole record', () => {
    record('send_email', { to: 'first' });
    record('send_email', { to: 'second' }, { priority: 5, delayMs: 1_000 });
    const second = enqueued.expect(
      'send_email',
      (payload: unknown) => (payload as { to: string }).to === 'second',
    );
    expect(second).toMatchObject({ priority: 5, scheduledAt: new Date(1_500), enqueuedAt: new Date(500) });
    const urgent = (_payload: unknown, job: { priority: number }) => job.priority > 9;
    expect(() => enqueued.expect('send_email', urgent)).toThrow('that the given function accepts');
  });

  it('lists what was enqueued instead', () => {
    record('send_email', { to: 'c@d.example' }, { priority: 5, delayMs: 1_000 });
    record('resize', { width: 3 });
    expect(() => enqueued.expect('send_email', { to: expect.any(Number) as unknown })).toThrow(
      new Error(
        'Expected a job "send_email" with a payload that has {"to":"Any<Number>"} to be enqueued, but there is none.\n' +
          'Enqueued so far:\n' +
          '  "send_email" {"to":"c@d.example"} (queue shop, priority 5, from 1970-01-01T00:00:01.500Z)\n' +
          '  "resize" {"width":3} (queue shop)',
      ),
    );
  });

  it('says when a name looks misspelt, and when nothing was enqueued at all', () => {
    expect(() => enqueued.expect('send_email', undefined)).toThrow(
      'Nothing was enqueued. Was the enqueue awaited',
    );
    record('send_email', {});
    expect(() => enqueued.expect('send_emial', undefined)).toThrow('Did you mean "send_email"?');
  });

  it('shows no more than can be read', () => {
    for (let index = 0; index < 30; index += 1) record('import', { text: 'x'.repeat(1_000) });
    const message = messageOf(() => enqueued.expect('export', undefined));
    expect(message).toContain('… and 10 more');
    expect(message.length).toBeLessThan(10_000);
  });
});

describe('F114 refuteEnqueued', () => {
  it('is content when there is no such job', () => {
    record('send_email', { to: 'a@b.example' });
    expect(() => enqueued.refute('resize', undefined)).not.toThrow();
    expect(() => enqueued.refute('send_email', { to: 'c@d.example' })).not.toThrow();
  });

  it('shows those that should not be there', () => {
    record('send_email', { to: 'a@b.example' });
    record('send_email', { to: 'c@d.example' });
    expect(() => enqueued.refute('send_email', { to: 'c@d.example' })).toThrow(
      'Expected no job "send_email" with a payload that has {"to":"c@d.example"} to be enqueued, but there is one:\n' +
        '  "send_email" {"to":"c@d.example"} (queue shop)',
    );
    expect(() => enqueued.refute('send_email', undefined)).toThrow('but there are 2:');
  });
});

describe('F114 EnqueuedLog', () => {
  it('answers objects of its own each time', () => {
    record('send_email', { to: 'a@b.example' });
    for (const { payload } of log.list()) Object.assign(payload as object, { to: 'changed' });
    expect(log.list('send_email')).toMatchObject([{ payload: { to: 'a@b.example' } }]);
    expect(log.list('resize')).toEqual([]);
  });
});

function record(type: string, payload: unknown, more: Partial<JobDraft> = {}): void {
  const draft: JobDraft = {
    id: '0192e4a0-0000-7000-8000-000000000001',
    queue: 'shop',
    type,
    priority: 0,
    payload: JSON.stringify(payload),
    maxRetries: 3,
    timeoutMs: 0,
    delayMs: 0,
    scheduledAt: null,
    ...more,
  };
  log.record([draft], 500);
}

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('Nothing was thrown.');
}
