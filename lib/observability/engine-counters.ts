import type { EventBus } from '../core/event-bus.js';
import type { DispatchMode } from '../core/events.js';
import type { RetainedStatus, RetentionAction } from '../core/retention-options.js';

/** How many jobs of a status were deleted, or archived. */
interface RetiredJobs {
  readonly status: RetainedStatus;
  readonly action: RetentionAction;
  readonly count: number;
}

/** What the engine reported since this process started: plain numbers, counted as the events come. */
export class EngineCounters {
  enqueuedJobs = 0;
  announceFailures = 0;
  staleHints = 0;
  lostRuns = 0;
  settleDelays = 0;
  promotedJobs = 0;
  rescuedJobs = 0;
  /** Of the rescued jobs, those that had brought down too many processes. */
  rescuedDeadJobs = 0;
  reconciledJobs = 0;
  heartbeatFailures = 0;
  dutyFailures = 0;
  notifierFailures = 0;
  /** What retention did, by status and action; only what has happened. */
  readonly retiredJobs = new Map<string, RetiredJobs>();
  readonly switchesTo: Record<DispatchMode, number> = { redis: 0, postgres: 0 };

  /** Returns what ends the subscriptions. */
  listenTo(events: EventBus): () => void {
    const endings = [...this.listenToJobs(events), ...this.listenToUpkeep(events)];
    return () => {
      for (const end of endings) end();
    };
  }

  private listenToJobs(events: EventBus): (() => void)[] {
    return [
      events.on('jobs.enqueued', ({ jobs }) => {
        this.enqueuedJobs += jobs.length;
      }),
      events.on('announce.failed', () => {
        this.announceFailures += 1;
      }),
      // A claim that selected for itself tried no hints.
      events.on('runs.claimed', ({ claims, hints }) => {
        this.staleHints += Math.max(0, hints - claims.length);
      }),
      events.on('runs.lost', ({ settlements }) => {
        this.lostRuns += settlements.length;
      }),
      events.on('settle.delayed', () => {
        this.settleDelays += 1;
      }),
    ];
  }

  private listenToUpkeep(events: EventBus): (() => void)[] {
    return [
      events.on('jobs.promoted', ({ count }) => {
        this.promotedJobs += count;
      }),
      events.on('jobs.reconciled', ({ count, cause }) => {
        // A window that is filled up again was not forgotten: more waits than it holds.
        if (cause !== 'low') this.reconciledJobs += count;
      }),
      events.on('jobs.rescued', ({ jobs }) => {
        this.rescuedJobs += jobs.length;
        this.rescuedDeadJobs += jobs.filter((job) => job.status === 'dead').length;
      }),
      events.on('jobs.retired', ({ status, action, count }) => {
        const key = `${status} ${action}`;
        const before = this.retiredJobs.get(key)?.count ?? 0;
        this.retiredJobs.set(key, { status, action, count: before + count });
      }),
      events.on('dispatcher.switched', ({ to }) => {
        this.switchesTo[to] += 1;
      }),
      events.on('heartbeat.failed', () => {
        this.heartbeatFailures += 1;
      }),
      events.on('duty.failed', () => {
        this.dutyFailures += 1;
      }),
      events.on('notifier.failed', () => {
        this.notifierFailures += 1;
      }),
    ];
  }
}
