import { beforeEach, describe, expect, it } from 'vitest';
import { RecordingLogger } from '../../support/observability/recording-logger.js';
import { claim, EVERY_END, settlement, WORKER_ID } from '../../support/observability/runs.js';
import { SubscribedLog } from '../../support/observability/subscribed-log.js';

const CANARY = 'canary-4711';
const URL_WITH_PASSWORD = `postgres://kyu:${CANARY}@db.example:5432/kyu`;

let log: SubscribedLog;

beforeEach(() => {
  log = new SubscribedLog();
});

describe('repeated errors', () => {
  const fail = (during = 'claim', text = 'refused') =>
    log.logged('engine.failed', { during, error: new Error(text) }).map(({ message }) => message);

  it('make one line at once, and one per five seconds with a count', () => {
    expect(fail()).toHaveLength(1);
    for (let times = 0; times < 500; times += 1) expect(fail()).toEqual([]);
    fail('claim', 'the latest');

    log.clock.advance(4_999);
    expect(log.logger.take()).toEqual([]);
    log.clock.advance(1);
    expect(log.logger.take()).toMatchObject([
      {
        level: 'error',
        message: 'Kyu failed during claim and goes on. the latest (501 more times within 5s)',
        details: { during: 'claim', repeats: 501 },
      },
    ]);

    fail();
    log.clock.advance(5_000);
    expect(log.logger.take()).toMatchObject([{ details: { repeats: 1 } }]);
  });

  it('start afresh after a quiet time, and leave no timer behind', () => {
    fail();
    log.clock.advance(5_000);
    expect(log.logger.take()).toEqual([]);
    expect(log.clock.timers).toBe(0);

    expect(fail()).toEqual(['Kyu failed during claim and goes on. refused']);
  });

  it('are counted apart for each place', () => {
    expect(fail('claim')).toHaveLength(1);
    expect(fail('take')).toHaveLength(1);
    expect(log.logged('duty.failed', { duty: 'claim', error: new Error('refused') })).toHaveLength(1);
    expect(fail('take')).toHaveLength(0);
  });

  it('that were counted are written at the end', () => {
    fail();
    fail();
    log.subscriber.stop();

    expect(log.logger.take()).toMatchObject([{ details: { repeats: 1 } }]);
    expect(log.clock.timers).toBe(0);
    expect(fail()).toEqual([]);
  });
});

describe('log lines', () => {
  it('carry no password, wherever it comes from', () => {
    const error = new Error(`connect ${URL_WITH_PASSWORD}`, {
      cause: new Error(`redis://:${CANARY}@cache:6379`),
    });
    const record = { message: error.message, stack: error.stack ?? null };
    const trouble = settlement({ ...EVERY_END['failed'], error: record });
    log.subscriber.stop();
    log.newSubscriber({ debug: true });

    log.events.emit('runs.settled', { settlements: [trouble, settlement({ ...trouble, status: 'dead' })] });
    log.events.emit('runs.lost', { settlements: [trouble] });
    log.events.emit('run.overstayed', { claim: claim(), error });
    log.events.emit('announce.failed', { queue: 'shop', count: 1, error });
    log.events.emit('settle.delayed', { count: 1, error });
    log.events.emit('heartbeat.failed', { workerId: WORKER_ID, error });
    log.events.emit('duty.failed', { duty: 'promote', error });
    log.events.emit('engine.failed', { during: `listen at ${URL_WITH_PASSWORD}`, error });
    log.events.emit('lease.lost', { workerId: WORKER_ID, reason: error.message });
    log.events.emit('dispatcher.switched', {
      to: 'postgres',
      reason: `lost redis://default:${CANARY}@cache:6379`,
    });

    expect(log.logger.lines).toHaveLength(11);
    const everything = JSON.stringify(log.logger.lines);
    expect(everything).toContain('db.example:5432');
    expect(everything).not.toContain(CANARY);
    expect(everything).not.toContain('somebody@example.com');
  });

  it('stay one line, whatever an error says', () => {
    const forged = 'oops\n[Nest] 1 - ERROR all is lost\r\u001b[31mred\u0085\u2028end';
    const settled = settlement({ ...EVERY_END['failed'], error: { message: forged, stack: null } });
    const lines = [
      ...log.logged('runs.settled', { settlements: [settled] }),
      ...log.logged('engine.failed', { during: forged, error: new Error(forged) }),
      ...log.logged('lease.lost', { workerId: WORKER_ID, reason: forged }),
      ...log.logged('worker.buried', { workerId: WORKER_ID, host: forged, pid: 1 }),
    ];

    expect(lines).toHaveLength(4);
    for (const { message } of lines) {
      expect(message).toContain('oops\\n[Nest]');
      expect(message).not.toMatch(/[\p{Cc}\u2028]/u);
    }
  });

  it('have an end, however long an error is', () => {
    const [line] = log.logged('engine.failed', { during: 'claim', error: new Error('x'.repeat(100_000)) });

    expect(line?.message.length).toBeLessThan(600);
  });

  it('cannot be stopped by a logger that throws', () => {
    log.subscriber.stop();
    const broken = new RecordingLogger();
    broken.error = () => {
      throw new Error('disk full');
    };
    log.newSubscriber({ logger: broken });
    log.events.emit('engine.failed', { during: 'claim', error: new Error('refused') });
    log.events.emit('engine.failed', { during: 'claim', error: new Error('refused') });
    log.clock.advance(5_000);
    log.events.emit('worker.registered', { workerId: WORKER_ID });

    expect(broken.lines).toMatchObject([{ level: 'log' }]);
  });
});
