import { beforeEach, describe, expect, it } from 'vitest';
import type { KyuEventName, KyuEvents } from '../../../lib/core/events.js';
import { claim, EVERY_END, JOB_ID, settlement, WORKER_ID } from '../../support/observability/runs.js';
import { SubscribedLog } from '../../support/observability/subscribed-log.js';

const RUN_FIELDS = {
  jobId: JOB_ID,
  jobType: 'send_email',
  queue: 'shop',
  run: 3,
  attempt: 2,
  workerId: WORKER_ID,
};
const secondAttempt = claim({ run: 3, retryCount: 1 });

let log: SubscribedLog;

beforeEach(() => {
  log = new SubscribedLog();
});

describe('F109 the lines about runs', () => {
  it('warn of a failure and say when the job runs again', () => {
    const end = { ...EVERY_END['failed'], claim: secondAttempt, startedAfterMs: 2, finishedAfterMs: 14.4 };

    expect(log.logged('runs.settled', { settlements: [settlement(end)] })).toEqual([
      {
        level: 'warn',
        message: `Job ${JOB_ID} (send_email) failed at attempt 2 of 4 and runs again in 2s: it broke`,
        details: {
          ...RUN_FIELDS,
          durationMs: 12,
          outcome: 'failed',
          error: 'it broke',
          stack: 'Error: it broke\n    at Mailer.send (mailer.ts:7:3)',
          retryInMs: 2_000,
        },
      },
    ]);
  });

  it('are an error when a job is dead, and say how it died', () => {
    const dead = [EVERY_END['exhausted'], EVERY_END['discarded']].map((end) =>
      settlement({ ...end, claim: claim({ retryCount: 3 }) }),
    );
    const lines = log.logged('runs.settled', { settlements: dead });

    expect(lines.map(({ level, message }) => [level, message])).toEqual([
      ['error', `Job ${JOB_ID} (send_email) is dead, after attempt 4 of 4: it broke for good`],
      [
        'error',
        `Job ${JOB_ID} (send_email) is dead, discarded by its handler at attempt 4 of 4: no such address`,
      ],
    ]);
    expect(lines[0]?.details).toMatchObject({ jobId: JOB_ID, attempt: 4, outcome: 'failed' });
  });

  it('are silent about what went well, unless debug lines are wanted', () => {
    const quiet = ['completed', 'snoozed', 'snoozedToNow', 'released', 'cancelled'];
    const settlements = quiet.map((end) => settlement({ ...EVERY_END[end], finishedAfterMs: 5 }));
    expect(log.logged('runs.settled', { settlements })).toEqual([]);

    log.subscriber.stop();
    log.newSubscriber({ debug: true });
    const lines = log.logged('runs.settled', { settlements });

    expect(lines.map(({ level }) => level)).toEqual(quiet.map(() => 'debug'));
    expect(lines.map(({ message }) => message.replace(`Job ${JOB_ID} (send_email) `, ''))).toEqual([
      'completed.',
      'was snoozed; no attempt was used.',
      'was snoozed; no attempt was used.',
      'was handed back to its queue; no attempt was used.',
      'is cancelled.',
    ]);
    expect(lines[0]?.details).toEqual({ ...RUN_FIELDS, run: 1, attempt: 1, durationMs: 5 });
    expect(lines[1]?.details).toMatchObject({ againInMs: 30_000 });
  });

  it('warn of a lost run, an aborted one and an overstaying handler', () => {
    const lost = log.logged('runs.lost', { settlements: [settlement({ claim: secondAttempt })] });
    const aborted = (['timeout', 'shutdown', 'lease-lost'] as const).flatMap((cause) =>
      log.logged('run.aborted', { claim: secondAttempt, cause }),
    );
    const overstayed = log.logged('run.overstayed', { claim: secondAttempt, error: new Error('too late') });
    const silentlyOverstayed = log.logged('run.overstayed', { claim: secondAttempt, error: undefined });

    const lines = [...lost, ...aborted, ...overstayed, ...silentlyOverstayed];
    expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      `warn: Run 3 of job ${JOB_ID} (send_email) was no longer this worker's: its outcome (completed) changed nothing. The job may have run twice.`,
      `warn: Run 3 of job ${JOB_ID} (send_email) was aborted: the worker shuts down and the grace period was over.`,
      `warn: Run 3 of job ${JOB_ID} (send_email) was aborted: this process lost its lease.`,
      `warn: The handler of job ${JOB_ID} (send_email) went on after its run 3 was settled without it, and ended now. Stop its work when its signal aborts. It ended with: too late`,
      `warn: The handler of job ${JOB_ID} (send_email) went on after its run 3 was settled without it, and ended now. Stop its work when its signal aborts.`,
    ]);
    for (const { details } of lines) expect(details).toMatchObject(RUN_FIELDS);
  });
});

describe('the lines about the engine', () => {
  const EXPECTED: { [Name in KyuEventName]?: [KyuEvents[Name], string] } = {
    'jobs.rescued': [
      {
        jobs: [
          {
            id: JOB_ID,
            queue: 'shop',
            type: 'x',
            priority: 0,
            run: 2,
            status: 'pending',
            attempt: 2,
            workerId: WORKER_ID,
            cancelReason: null,
          },
        ],
      },
      `warn: Job ${JOB_ID} (x) was taken back from worker ${WORKER_ID}, which died, and goes back to its queue.`,
    ],
    'worker.buried': [
      { workerId: WORKER_ID, host: 'host-1', pid: 42 },
      `warn: Worker ${WORKER_ID} (process 42 on host-1) is dead: its lease ran out.`,
    ],
    'worker.registered': [{ workerId: WORKER_ID }, `log: This process is worker ${WORKER_ID}.`],
    'lease.lost': [
      { workerId: WORKER_ID, reason: 'no heartbeat for 10s' },
      `error: Worker ${WORKER_ID} lost its lease: no heartbeat for 10s. Its runs were aborted, and other workers may run those jobs again.`,
    ],
    'watchdog.absent': [
      { workerId: WORKER_ID, reason: 'it ended' },
      `warn: Worker ${WORKER_ID} beats from its event loop alone: it ended. A handler that blocks the loop for as long as the lease makes this process look dead.`,
    ],
    'heartbeat.failed': [
      { workerId: WORKER_ID, error: new Error('refused') },
      `warn: Worker ${WORKER_ID} could not renew its lease and tries again. refused`,
    ],
    'dispatcher.switched': [
      { to: 'postgres', reason: 'Redis did not answer twice' },
      'warn: Jobs come from PostgreSQL now, without Redis: Redis did not answer twice',
    ],
    'duty.failed': [
      { duty: 'promote', error: new Error('refused') },
      'error: The duty "promote" failed; its next tick does the work. refused',
    ],
    'engine.failed': [
      { during: 'claim', error: new Error('refused') },
      'error: Kyu failed during claim and goes on. refused',
    ],
    'rescue.postponed': [
      { queue: 'shop', forMs: 10_000 },
      'warn: No worker of queue shop is taken for dead in the next 10s: the duties stood still, so heartbeats may have been lost as well.',
    ],
    'announce.failed': [
      { queue: 'shop', count: 1, error: new Error('refused') },
      'warn: The dispatcher could not be told of 1 job in queue shop; they start a little later. refused',
    ],
    'settle.delayed': [
      { count: 3, error: new Error('refused') },
      'warn: The outcomes of 3 runs could not be written and are kept for the next try. refused',
    ],
    'jobs.reconciled': [
      { queue: 'shop', count: 3, cause: 'forgotten' },
      'log: Announced 3 jobs of queue shop that the dispatcher did not know.',
    ],
    'notifier.failed': [
      { notifier: 'slack', lost: 2, error: new Error('HTTP 404: no_service') },
      'warn: The notifier "slack" could not deliver 2 events. HTTP 404: no_service',
    ],
    'drain.started': [
      { running: 2, graceMs: 30_000 },
      'log: Shutting down: no new jobs; 2 runs have 30s to end.',
    ],
    'drain.finished': [
      { released: 1, tookMs: 30_250 },
      'log: Drained in 30s250ms; 1 job handed back to their queues.',
    ],
  };

  it.each(Object.entries(EXPECTED))('tell of %s', (name, [event, expected]) => {
    const [line, ...others] = log.logged(name as KyuEventName, event);

    expect(others).toEqual([]);
    expect(`${line?.level}: ${line?.message}`).toBe(expected);
    expect(Object.keys(line?.details ?? {})).not.toHaveLength(0);
  });

  it.each([
    ['probe', 99, []],
    ['probe', 100, ['log']],
    ['low', 5_000, []],
    ['forgotten', 1, ['log']],
    ['unheard', 1, ['log']],
  ] as const)('of a reconciler (%s, %i jobs) are worth reading: %j', (cause, count, levels) => {
    const lines = log.logged('jobs.reconciled', { queue: 'shop', count, cause });
    expect(lines.map(({ level }) => level)).toEqual(levels);
  });

  it('of a reconciler are not held back by a routine line before them', () => {
    expect(log.logged('jobs.reconciled', { queue: 'shop', count: 1, cause: 'probe' })).toEqual([]);
    expect(log.logged('jobs.reconciled', { queue: 'shop', count: 150, cause: 'probe' })).toHaveLength(1);
  });

  it('are plain when Redis is back, and an error when a rescued job is dead', () => {
    const back = log.logged('dispatcher.switched', { to: 'redis', reason: 'Redis answers' });
    const dead = log.logged('jobs.rescued', {
      jobs: [
        {
          ...{ id: JOB_ID, queue: 'shop', type: 'x', priority: 0, run: 2, attempt: 2 },
          ...{ status: 'dead', workerId: WORKER_ID, cancelReason: null },
        },
      ],
    });

    expect(back).toMatchObject([{ level: 'log', message: 'Jobs come through Redis now: Redis answers' }]);
    expect(dead).toMatchObject([{ level: 'error', details: { jobId: JOB_ID, status: 'dead' } }]);
    expect(dead[0]?.message).toContain('is dead: too many workers died while they ran it');
  });

  it('cover every event, given the chance', () => {
    const routine: { [Name in KyuEventName]?: KyuEvents[Name] } = {
      'jobs.enqueued': { queue: 'shop', jobs: [{ id: JOB_ID, type: 'x' }] },
      'runs.claimed': { queue: 'shop', claims: [claim()], hints: 2 },
      'jobs.promoted': { queue: 'shop', count: 2 },
      'jobs.retired': { queue: 'shop', status: 'dead', action: 'archive', count: 2 },
    };
    for (const [name, event] of Object.entries(routine)) {
      expect(log.logged(name as KyuEventName, event), name).toEqual([]);
    }
    log.subscriber.stop();
    log.newSubscriber({ debug: true });

    for (const [name, event] of Object.entries(routine)) {
      expect(log.logged(name as KyuEventName, event), name).toMatchObject([
        { level: 'debug', details: { queue: 'shop' } },
      ]);
    }
  });

  it('tell what becomes of schedules', () => {
    const tick = new Date('2026-01-01T07:00:00Z');
    const error = new Error('the zone is gone');
    const lines = [
      ...log.logged('schedule.skipped', { schedule: 'digest', tick, reason: 'overlap' }),
      ...log.logged('schedule.skipped', { schedule: 'report', tick, reason: 'missed' }),
      ...log.logged('schedule.failed', { schedule: 'digest', error }),
      ...log.logged('schedules.synced', { written: ['a', 'b'], removed: ['c'] }),
      ...log.logged('schedules.sync.failed', { error }),
    ];
    expect(lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'log: Schedule digest has no job for its tick of 2026-01-01T07:00:00.000Z: its last job is unfinished.',
      'warn: Schedule report has no job for its tick of 2026-01-01T07:00:00.000Z: nobody was there in time.',
      'error: Schedule digest cannot be used as it stands, and the others go on. the zone is gone',
      'log: The provider has changed schedules: 2 written, 1 removed.',
      'error: The provider of schedules failed; its schedules stay as they are. the zone is gone',
    ]);
    const fired = { schedule: 'digest', jobId: JOB_ID, tick, latenessMs: 1_500 };
    expect(log.logged('schedule.fired', fired)).toEqual([]);
    log.newSubscriber({ debug: true });
    expect(log.logged('schedule.fired', fired)).toMatchObject([
      {
        level: 'debug',
        message: `Schedule digest fired its tick of 2026-01-01T07:00:00.000Z, 1s500ms late: job ${JOB_ID}.`,
      },
    ]);
  });

  it('name what stands behind an error that says little itself', () => {
    const refused = new AggregateError([new Error('connect ECONNREFUSED ::1:5432')], '');
    const error = new Error('The ledger did not answer.', { cause: refused });
    const [line] = log.logged('engine.failed', { during: 'claim', error });

    expect(line?.message).toContain(
      'The ledger did not answer. (caused by: AggregateError (caused by: connect ECONNREFUSED ::1:5432))',
    );
  });

  it('survive whatever was thrown', () => {
    const endless = new Error('endless');
    endless.cause = endless;
    const hostile = Object.defineProperty(new Error('hostile'), 'cause', {
      get: () => {
        throw new Error('gotcha');
      },
    });
    const thrown = [endless, hostile, 'text', undefined, null, 0, Object.create(null), Symbol('s')];
    for (const [number, error] of thrown.entries()) {
      expect(log.logged('engine.failed', { during: `claim ${number}`, error })).toHaveLength(1);
    }
  });
});
