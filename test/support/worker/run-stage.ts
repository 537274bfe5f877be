import type { ChildOptions, EnqueueChild, ParentJob } from '../../../lib/core/child-job.js';
import type { Claim } from '../../../lib/core/claim.js';
import { EventBus } from '../../../lib/core/event-bus.js';
import type { AbortCause } from '../../../lib/core/events.js';
import { jobTypeOf } from '../../../lib/core/job-definition.js';
import type { JobContext } from '../../../lib/core/job-context.js';
import type { Settlement } from '../../../lib/core/settlement.js';
import { ProgressReporter } from '../../../lib/worker/progress-reporter.js';
import { RunAttendant } from '../../../lib/worker/run-attendant.js';
import { RunExecutor } from '../../../lib/worker/run-executor.js';
import { RunLog } from '../../../lib/worker/run-log.js';
import { ManualClock } from '../observability/manual-clock.js';
import { handlerOf, tableOf } from './claims.js';
import { FakeOpenRuns } from './fake-open-runs.js';

export const PATIENCE_MS = 30_000;

/** A child as the attendant asked for it. */
export interface AskedChild {
  readonly parent: ParentJob;
  readonly type: string;
  readonly payload: unknown;
  readonly options: ChildOptions | undefined;
}

/** One handler under an executor and an attendant, with time that a test moves and a ledger that it plays. */
export class RunStage {
  readonly clock = new ManualClock();
  readonly events = new EventBus();
  readonly openRuns = new FakeOpenRuns();
  readonly log = new RunLog(this);
  /** Runs that are for the worker to settle. */
  readonly ends: Settlement[] = [];
  /** Runs that their handlers had settled. */
  readonly settledEnds: Claim[] = [];
  /** What the ledger has taken, as the bus tells. */
  readonly told: Settlement[] = [];
  readonly aborts: AbortCause[] = [];
  readonly overstayed: unknown[] = [];
  readonly failures: string[] = [];
  readonly children: AskedChild[] = [];
  readonly executor: RunExecutor;

  constructor(invoke: (payload: unknown, job: JobContext) => unknown) {
    this.events.on('runs.settled', ({ settlements }) => this.told.push(...settlements));
    this.events.on('run.aborted', ({ cause }) => this.aborts.push(cause));
    this.events.on('run.overstayed', ({ error }) => this.overstayed.push(error));
    this.events.on('engine.failed', ({ during }) => this.failures.push(during));
    const { clock, events } = this;
    this.executor = new RunExecutor({
      handlers: tableOf(handlerOf({ invoke })),
      progress: new ProgressReporter({} as never, clock), // no test here reports progress
      logger: { log: () => {}, warn: () => {}, error: () => {}, debug: () => {} },
      attendant: new RunAttendant({ ...this.parts() }),
      clock,
      events,
      staleJobTimeoutMs: 600_000,
      cancelPatienceMs: PATIENCE_MS,
      onEnd: (settlement) => this.ends.push(settlement),
      onSettledEnd: (claim) => this.settledEnds.push(claim),
    });
  }

  start(claim: Claim): Claim {
    this.executor.start(claim, this.clock.monotonicMs());
    return claim;
  }

  private parts() {
    const { clock, events, log, openRuns } = this;
    const enqueueChild: EnqueueChild = async (parent, type, payload, options) => {
      this.children.push({ parent, type: jobTypeOf(type), payload, options });
      return { id: 'child', created: true };
    };
    return { clock, events, log, openRuns, enqueueChild };
  }
}
