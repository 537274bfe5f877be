import { describe, expect, it } from 'vitest';
import { EventBus } from '../../../../lib/core/event-bus.js';
import type { KyuEvents } from '../../../../lib/core/events.js';
import type { JobNotice, KyuNotifier, Notification } from '../../../../lib/core/ports/notifier.js';
import { JobEventHub } from '../../../../lib/observability/job-event-hub.js';
import { Notifications } from '../../../../lib/observability/notifiers/notifications.js';
import { ManualClock } from '../../../support/observability/manual-clock.js';
import { claim, JOB_ID, settlement } from '../../../support/observability/runs.js';
import { settled } from '../../../support/worker/claims.js';

function stage(options: Partial<KyuNotifier> = {}, instance = 'default') {
  const events = new EventBus();
  const sent: Notification[] = [];
  const failures: KyuEvents['notifier.failed'][] = [];
  const notifier: KyuNotifier = {
    name: 'pager',
    deliver: (notification) => {
      sent.push(notification);
      return Promise.resolve();
    },
    ...options,
  };
  events.on('notifier.failed', (event) => failures.push(event));
  const notifications = new Notifications({
    notifiers: [notifier],
    instance,
    jobEvents: new JobEventHub(events, () => {}),
    events,
    clock: new ManualClock(),
  });
  const die = (message: string, type = 'send_email'): void =>
    events.emit('runs.settled', {
      settlements: [
        settlement({
          claim: claim({ type, retryCount: 3, payload: '{"card":"4111-secret"}' }),
          outcome: 'failed',
          status: 'dead',
          error: { message, stack: null },
        }),
      ],
    });
  return { events, sent, failures, notifications, die };
}

describe('notifications', () => {
  it('F100 tell of dead jobs and stalled runs, in one line', async () => {
    const { events, sent, die } = stage();
    die('SmtpError: refused');
    events.emit('runs.lost', { settlements: [settlement()] });
    events.emit('jobs.enqueued', { queue: 'shop', jobs: [{ id: 'j', type: 'x' }] });
    await settled();
    expect(sent.map(({ text }) => text)).toEqual([
      `[dead] send_email: SmtpError: refused (queue shop, attempt 4, job ${JOB_ID})`,
      `[stalled] send_email (queue shop, attempt 1, job ${JOB_ID})`,
    ]);
    expect(sent[0]?.notice).toMatchObject({ event: 'dead', instance: 'default', jobId: JOB_ID });
  });

  it('F100 tell of other events, of some types, in words of one\u2019s own', async () => {
    const format = (notice: JobNotice): string => `${notice.event}: ${notice.jobType}`;
    const { sent, die } = stage({ on: ['failed'], types: ['report'], format });
    die('x');
    die('x', 'report');
    await settled();
    expect(sent.map(({ text }) => text)).toEqual(['failed: report']);
  });

  it('F100 name the instance where it has a name', async () => {
    const { sent, die } = stage({}, 'reports');
    die('x');
    await settled();
    expect(sent[0]?.text).toContain('(queue shop of reports, attempt 4');
  });

  it('F100 never hold a payload, a secret or a long text', async () => {
    const { sent, die } = stage();
    die(`connect postgres://app:hunter2@db failed; token=hunter2 Authorization: Bearer hunter2hunter2`);
    die(`api_key: "hunter2" and {"secret":"hunter2"}\n${'x'.repeat(2_000)}`);
    await settled();
    const all = JSON.stringify(sent);
    expect(all).not.toContain('hunter2');
    expect(all).not.toContain('4111');
    expect(sent).toHaveLength(2);
    for (const { notice, text } of sent) {
      expect((notice as { error: string }).error.length).toBeLessThanOrEqual(500);
      expect(text).not.toContain('\n');
    }
  });

  it('F100 change nothing when a format throws, and say so', async () => {
    const format = (): string => {
      throw new Error('no such field');
    };
    const { sent, failures, die } = stage({ format });
    die('x');
    await settled();
    expect(sent).toEqual([]);
    expect(failures).toMatchObject([{ notifier: 'pager', lost: 1, error: { message: 'no such field' } }]);
  });

  it('F100 tell what happened just before the end, and nothing after it', async () => {
    const { sent, notifications, die } = stage();
    die('last words');
    await notifications.drain();
    expect(sent).toHaveLength(1);
    notifications.stop();
    die('too late');
    await settled();
    expect(sent).toHaveLength(1);
  });
});
