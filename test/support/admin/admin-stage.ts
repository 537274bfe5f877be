import { beforeEach } from 'vitest';
import { Admin } from '../../../lib/admin/admin.js';
import { EventBus } from '../../../lib/core/event-bus.js';
import { KyuError } from '../../../lib/core/errors.js';
import { JobIdSource } from '../../../lib/core/job-id.js';
import { JOB_STATUSES, type JobStatus } from '../../../lib/core/job-status.js';
import type { DispatcherSurvey } from '../../../lib/core/ports/dispatcher.js';
import type { JobId } from '../../../lib/core/job.js';
import { QUEUE, RESCUE_LIMITS, type LedgerStage } from '../ledger/ledger-stage.js';
import { RecordingDispatcher } from './recording-dispatcher.js';

/** An operator: an admin over a staged ledger, with a dispatcher that keeps what it is told. */
export class AdminStage<Transaction> {
  dispatcher!: RecordingDispatcher; // all five are made by `begin`, before each test
  events!: EventBus;
  /** The queues of the instance; more may join. */
  queues!: string[];
  admin!: Admin<Transaction>;
  /** What the dispatcher is said to hold. */
  survey: DispatcherSurvey | undefined;
  /** Queues of which the dispatcher was told everything. */
  rebuilt: string[] = [];
  /** The queues that went on, once for each call that said so; a pause leaves an empty list. */
  resumed!: (readonly string[])[];

  constructor(private readonly stageOf: () => LedgerStage<Transaction>) {}

  get stage(): LedgerStage<Transaction> {
    return this.stageOf();
  }

  begin(): void {
    const { inspection, readings, operator } = this.stage.ledger;
    const ids = new JobIdSource(() => Date.now());
    this.resumed = [];
    this.survey = undefined;
    this.rebuilt = [];
    this.dispatcher = new RecordingDispatcher();
    this.queues = [QUEUE];
    this.events = new EventBus();
    this.admin = new Admin({
      inspection,
      readings,
      operator,
      dispatcher: this.dispatcher,
      events: this.events,
      queues: this.queues,
      dispatching: () => ({ mode: 'redis', configured: 'redis' }),
      schedules: async () => [],
      payloadLimitBytes: 10_000,
      newEntryId: () => ids.next(),
      onPausesChanged: async (queues) => void this.resumed.push(queues),
      clock: { nowMs: () => Date.now(), monotonicMs: () => performance.now() },
      survey: async () => this.survey,
      rebuildQueue: async (queue) => {
        this.rebuilt.push(queue);
        return 1;
      },
      rescue: async (queues) => queues.length,
      onWorkerBuried: async ({ queues }) => {
        const rescued = await Promise.all(
          queues.map((queue) => this.stage.ledger.upkeep.rescue(queue, RESCUE_LIMITS)),
        );
        return rescued.flat().length;
      },
    });
  }

  announcedIds(): JobId[] {
    return this.dispatcher.announcements.flatMap(({ hints }) => hints.map(({ id }) => id));
  }
}

/** An operator who begins anew with each of the tests around. */
export function useAdmin<Transaction>(stageOf: () => LedgerStage<Transaction>): AdminStage<Transaction> {
  const operator = new AdminStage(stageOf);
  beforeEach(() => operator.begin());
  return operator;
}

/** The error of a call that must fail, and with one of Kyu's. */
export async function refusal(call: Promise<unknown>): Promise<KyuError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof KyuError) return error;
  throw new Error(`a KyuError was expected and not ${String(error)}`);
}

export function statusesBut(...left: JobStatus[]): JobStatus[] {
  return JOB_STATUSES.filter((status) => !left.includes(status));
}
