import { describe, expect, it, vi } from 'vitest';
import type { BulkBody } from '../../../../lib/dashboard/contract.js';
import { readKey, SEQUENCE_MS } from '../../../../lib/dashboard/browser/keyboard/key-sequences.js';
import { GO_KEYS, SHORTCUT_WORDS } from '../../../../lib/dashboard/browser/keyboard/shortcuts.js';
import { reconnectDelayMs } from '../../../../lib/dashboard/browser/live/backoff.js';
import { queryFor } from '../../../../lib/dashboard/browser/parts/bulk-words.js';
import { BULK_STEP, runBulk } from '../../../../lib/dashboard/browser/parts/bulk-run.js';
import {
  byteSize,
  countUpTo,
  counted,
  percentage,
  perMinute,
} from '../../../../lib/dashboard/browser/words/numbers.js';
import { traceAddress } from '../../../../lib/dashboard/browser/words/trace-address.js';

const press = (key: string, more: object = {}) => ({
  key,
  atMs: 0,
  isModified: false,
  isTyping: false,
  ...more,
});

describe('readKey', () => {
  it('F96 reads g j as one shortcut, when the second key comes in time', () => {
    const { begun, shortcut } = readKey(press('g'), undefined);
    expect(shortcut).toBeUndefined();
    expect(readKey(press('j', { atMs: SEQUENCE_MS }), begun).shortcut).toBe('g j');
    expect(readKey(press('j', { atMs: SEQUENCE_MS + 1 }), begun).shortcut).toBe('j');
  });

  it('leaves keys alone that are text or belong to the browser', () => {
    expect(readKey(press('/', { isTyping: true }), undefined).shortcut).toBeUndefined();
    expect(readKey(press('r', { isModified: true }), undefined).shortcut).toBeUndefined();
  });

  it('says every way in the help', () => {
    const said = SHORTCUT_WORDS.map(([keys]) => keys);
    expect(Object.keys(GO_KEYS).filter((keys) => !said.includes(keys))).toEqual([]);
  });
});

describe('reconnectDelayMs', () => {
  it('F93 doubles up to half a minute, and never brings all pages at once', () => {
    expect([0, 1, 2, 9, 99].map((failures) => reconnectDelayMs(failures, 1))).toEqual([
      1_000, 2_000, 4_000, 30_000, 30_000,
    ]);
    expect(reconnectDelayMs(3, 0)).toBe(4_000);
  });
});

describe('runBulk', () => {
  const steps = (...answers: [number, number][]) => {
    const left = [...answers];
    return vi.fn((body: BulkBody) => {
      const [matched, affected] = left.shift() ?? [0, 0];
      return Promise.resolve({ matched, affected: Math.min(affected, body.limit ?? 0) });
    });
  };

  it('repeats until all that were counted are changed, and not one more', async () => {
    const send = steps([1_200, 500], [700, 500], [900, 500], [400, 400]);
    const seen: number[] = [];
    const all = await runBulk(
      send,
      { query: 'q' },
      1_200,
      ({ affected }) => seen.push(affected),
      () => false,
    );
    expect(all).toBe(1_200);
    expect(send.mock.calls.map(([body]) => body.limit)).toEqual([BULK_STEP, BULK_STEP, 200]);
    expect(seen).toEqual([500, 1_000, 1_200, 1_200]);
  });

  it('ends when nothing is changed any more', async () => {
    const send = steps([10, 0]);
    expect(
      await runBulk(
        send,
        {},
        10,
        () => undefined,
        () => false,
      ),
    ).toBe(0);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('stops when it is told to', async () => {
    const send = steps([1_000, 500], [500, 500]);
    let isStopped = false;
    const report = (): void => {
      isStopped = true;
    };
    expect(await runBulk(send, {}, 1_000, report, () => isStopped)).toBe(500);
  });
});

describe('queryFor', () => {
  it('narrows a query to what a verb can change, unless it says a status itself', () => {
    expect(queryFor('retry', 'type:a')).toBe('type:a status:failed,dead,cancelled');
    expect(queryFor('delete', '')).toBe('status:scheduled,pending,failed,completed,dead,cancelled');
    expect(queryFor('cancel', 'status:pending')).toBe('status:pending');
  });
});

describe('words for numbers', () => {
  it('are short and exact enough', () => {
    expect(countUpTo(10_000, 10_000)).toBe('10,000+');
    expect(countUpTo(9_999, 10_000)).toBe('9,999');
    expect([counted(1, 'job'), counted(2, 'job')]).toEqual(['1 job', '2 jobs']);
    expect([percentage(0), percentage(0.0002), percentage(0.034), percentage(0.5)]).toEqual([
      '0 %',
      '< 0.1 %',
      '3.4 %',
      '50 %',
    ]);
    expect([perMinute(6, 3_600_000), perMinute(60_000, 3_600_000), perMinute(1, 0)]).toEqual([
      '0.1',
      '1,000',
      '0',
    ]);
    expect([byteSize(12), byteSize(1_234), byteSize(3_400_000)]).toEqual(['12 B', '1.2 kB', '3.4 MB']);
  });
});

describe('traceAddress', () => {
  it('leads only to a page of the web', () => {
    expect(traceAddress('https://traces.example/{traceId}', 'a b')).toBe('https://traces.example/a%20b');
    expect(traceAddress('/traces/{traceId}', 'x')).toBe('/traces/x');
    expect(traceAddress('javascript:{traceId}', 'x')).toBeUndefined();
    expect(traceAddress(null, 'x')).toBeUndefined();
  });
});
