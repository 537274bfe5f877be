import { describe, expect, it } from 'vitest';
import { painterFor, widthOf } from '../../../lib/cli/output/paint.js';
import { Screen } from '../../../lib/cli/top/screen.js';
import type { TopReading } from '../../../lib/cli/top/top-reading.js';
import { topView } from '../../../lib/cli/top/top-view.js';

const nowMs = Date.parse('2026-03-01T12:00:00Z');

/** More of everything than any screen has room for. */
function crowd(): TopReading {
  const at = new Date(nowMs - 5_000);
  const traffic = { name: 'q', enqueued: 9, completed: 8, failed: 1, pending: 2, running: 1 };
  const times = { waitP50Ms: 1, waitP95Ms: 2, runP50Ms: 3, runP95Ms: 4 };
  const counts = {
    pending: 12,
    scheduled: 3,
    running: 5,
    failed: 1,
    completed: 1_234_567,
    dead: 2,
    cancelled: 0,
  };
  return {
    overview: {
      window: '1h',
      at,
      problems: Array.from({ length: 9 }, (_, index) => ({
        severity: 'critical' as const,
        code: 'dead',
        text: `problem ${index} ${'x'.repeat(200)}`,
        remedy: null,
        link: null,
      })),
      counts,
      estimated: ['completed'],
      oldestPendingMs: 61_000,
      errorRate: 0.125,
      series: Array.from({ length: 60 }, (_, index) => ({
        at,
        enqueued: index,
        completed: index,
        failed: 0,
      })),
      byQueue: [{ ...traffic, ...times }],
      byType: [],
      approximate: false,
    },
    queues: Array.from({ length: 30 }, (_, index) => ({
      queue: `queue-${index}-${'寿'.repeat(30)}`,
      pending: index,
      scheduled: 0,
      running: 0,
      failed: 0,
      dead: 0,
      oldestPendingMs: 5,
      liveWorkers: 1,
      paused: false,
      pausedTypes: [],
    })),
    workers: Array.from({ length: 30 }, (_, index) => ({
      workerId: `0192d3b4-0000-7000-8000-0000000000${index + 10}`,
      host: 'h'.repeat(100),
      pid: index,
      queues: ['q'],
      concurrency: 5,
      version: '1.0.0',
      types: null,
      state: 'alive',
      startedAt: at,
      heartbeatAt: at,
      heartbeatAgeMs: 5_000,
      leaseExpiresAt: at,
      running: 1,
      drainRequestedAt: null,
    })),
    errors: Array.from({ length: 30 }, (_, index) => ({
      fingerprint: `${index}`.padStart(16, '0'),
      errorName: 'Error',
      message: `no ink \u001B[2J ${'y'.repeat(300)}`,
      types: ['print'],
      runs: 5,
      jobs: 5,
      dead: 1,
      firstSeenAt: at,
      lastSeenAt: at,
      sampleJobId: 'x',
    })),
  };
}

describe('the live view', () => {
  it.each([
    [80, 24],
    [40, 10],
    [20, 3],
    [200, 60],
  ])('never has more than %i columns and %i rows', (width, height) => {
    for (const isTTY of [true, false]) {
      const frame = { width, height, paint: painterFor({ isTTY }, {}), nowMs, title: 'schema kyu' };
      const lines = topView(crowd(), { ...frame, trouble: 'away '.repeat(50) });
      expect(lines.length).toBeLessThanOrEqual(height);
      expect(lines.filter((line) => widthOf(line) > width)).toEqual([]);
    }
  });

  it('has a part of everything on 80 x 24, the troubles first', () => {
    const frame = { width: 80, height: 24, paint: painterFor({}, {}), nowMs, title: 'schema kyu' };
    const lines = topView(crowd(), { ...frame, trouble: undefined });
    const text = lines.join('\n');
    for (const part of [
      'kyu top  schema kyu',
      'completed ≈1,234,567',
      '12:00:00 UTC  q quit',
      'problem 0',
      'kyu doctor',
      'QUEUE',
      'WORKER',
      'ERRORS',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain('in 58/min  out 58/min  failed 0/min  errors 12.5 %  oldest 1m 1s');
    expect(text).toMatch(/▆+▇+█+/);
    expect(text).not.toContain('\u001B[2J');
    expect(topView(undefined, { ...frame, trouble: undefined })).toHaveLength(1);
  });
});

describe('the screen', () => {
  function recorded() {
    const output = {
      written: [] as string[],
      columns: 20,
      rows: 3,
      write: (text: string) => output.written.push(text),
    };
    return output;
  }

  it('writes only the lines that have changed', () => {
    const output = recorded();
    const screen = new Screen(output);
    screen.open();
    screen.draw(['one', 'two', 'three']);
    output.written.length = 0;
    screen.draw(['one', 'TWO', 'three']);
    expect(output.written).toEqual(['\u001B[2;1HTWO\u001B[0m\u001B[K']);
    screen.draw(['one', 'TWO', 'three']);
    expect(output.written).toHaveLength(1);
  });

  it('draws everything anew after a change of size, and nothing once it is closed', () => {
    const output = recorded();
    const screen = new Screen(output);
    screen.open();
    screen.draw(['one']);
    output.columns = 30;
    output.written.length = 0;
    screen.draw(['one']);
    expect(output.written[0]).toContain('\u001B[2J');
    screen.close();
    screen.close();
    screen.draw(['two']);
    expect(output.written.slice(1)).toEqual(['\u001B[?25h\u001B[?1049l']);
  });
});
