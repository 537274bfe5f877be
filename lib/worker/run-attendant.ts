import type { ChildJob, EnqueueChild, TransactionManager } from '../core/child-job.js';
import { parseDuration, type Duration } from '../core/duration.js';
import { LeaseLostError } from '../core/errors.js';
import type { EventBus } from '../core/event-bus.js';
import type { Clock } from '../core/ports/clock.js';
import type { OpenRuns } from '../core/ports/open-runs.js';
import { describeValue } from '../core/redact.js';
import { settle } from '../core/settlement.js';
import type { Attendant, Run } from './run.js';
import type { RunLog } from './run-log.js';

/** What the attendant works with. */
export interface AttendantParts {
  readonly openRuns: OpenRuns<unknown>;
  readonly log: RunLog;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly enqueueChild: EnqueueChild;
}

/** Does what a handler asks of its run beyond the run itself: lines, more time, an end in its own transaction. */
export class RunAttendant implements Attendant {
  readonly enqueueChild: EnqueueChild;

  constructor(private readonly parts: AttendantParts) {
    this.enqueueChild = (parent, type, payload, options): Promise<ChildJob> =>
      parts.enqueueChild({ id: parent.id, context: parent.context }, type, payload, options);
  }

  keepLogLine(run: Run, message: string): void {
    this.parts.log.add(run, message);
  }

  /** The time is given here first: it must not run out while the ledger is being told. */
  async extend(run: Run, duration: Duration): Promise<number> {
    const { clock, openRuns } = this.parts;
    const forMs = parseDuration(duration);
    if (forMs === undefined) {
      throw new RangeError(`${describeValue(duration)} is no duration; give ms or text such as '30s'.`);
    }
    if (run.ended) throw new LeaseLostError(run.id, run.run);
    run.limitAtMs = Math.max(run.limitAtMs, clock.monotonicMs() + forMs);
    const isOurs = run.isSettled || (await openRuns.extend(run.claim, forMs));
    if (!isOurs) throw new LeaseLostError(run.id, run.run);
    return Math.max(0, Math.round(run.endsAtMs - clock.monotonicMs()));
  }

  /** A transaction that rolls back takes the settlement with it, so the handler may try again in another one. */
  async completeIn(run: Run, manager: TransactionManager, result: unknown): Promise<void> {
    const { clock, events, log, openRuns } = this.parts;
    await log.whenWritten(run.claim);
    if (run.ended || run.completion === 'committed') throw new LeaseLostError(run.id, run.run);
    const { claimedAtMs, startedAtMs } = run.times;
    const times = {
      startedAfterMs: startedAtMs - claimedAtMs,
      finishedAfterMs: clock.monotonicMs() - claimedAtMs,
    };
    const outcome = { kind: 'completed' as const, result };
    const settlement = settle(run.claim, outcome, times, run.handler.retryPolicy, clock.random);
    if (!(await openRuns.settleIn(settlement, manager))) throw new LeaseLostError(run.id, run.run);
    run.completion = 'written';
    openRuns.afterCommit(manager, () => {
      run.completion = 'committed';
      run.completedAs = settlement;
      events.emit('runs.settled', { settlements: [settlement] });
    });
  }
}
