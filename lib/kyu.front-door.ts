import { newEntry, readOperator } from './admin/operator-options.js';
import { JobIdSource } from './core/job-id.js';
import type { Clock } from './core/ports/clock.js';
import type { DashboardSessions } from './core/ports/dashboard-sessions.js';
import type { KyuLogger } from './core/ports/logger.js';
import type { EnqueueOptions } from './core/resolve-enqueue-options.js';
import type { KyuAdmin, KyuProducer } from './kyu.injectables.js';
import { enqueueNamed, lookUpJobType } from './kyu.named-enqueue.js';
import type { KyuRuntime } from './kyu.runtime.js';
import type { KyuSchedules } from './kyu.schedules.js';
import type { HealthReader } from './observability/health-reader.js';
import type { EnqueuedJob } from './producer/enqueue-answers.js';

/** What the dashboard of one instance works with. */
export class KyuFrontDoor {
  private readonly entryIds: JobIdSource;

  constructor(private readonly runtime: KyuRuntime) {
    this.entryIds = new JobIdSource(runtime.clock.nowMs);
  }

  get instance(): string {
    return this.runtime.options.name;
  }

  /** The queues that this process serves; those of its handlers join at bootstrap. */
  get queues(): readonly string[] {
    return this.runtime.queues;
  }

  get admin(): KyuAdmin {
    return this.runtime.admin;
  }

  get producer(): KyuProducer {
    return this.runtime.producer;
  }

  /**
   * Adds a job in somebody's name: there is neither the job without its entry in the trail nor the entry without it.
   * What is not given is as the handler of the type says, wherever it is.
   * @throws as `KyuProducer.enqueue`
   */
  async enqueueFor(
    by: { actor?: string; reason?: string },
    type: string,
    payload: unknown,
    options: EnqueueOptions,
  ): Promise<EnqueuedJob> {
    const { transactions, audit } = this.runtime.stores.operator;
    const entry = newEntry(this.entryIds.next(), 'enqueue', readOperator(by));
    const known = await lookUpJobType(this.runtime, type);
    return transactions.within(undefined, async (manager) => {
      const job = await enqueueNamed(this.runtime, known, payload, { ...options, manager });
      const about = {
        jobId: job.id,
        type,
        queue: options.queue ?? known.options.queue ?? null,
        affected: job.created ? 1 : 0,
      };
      await audit.record({ ...entry, ...about }, manager);
      return job;
    });
  }

  get schedules(): KyuSchedules {
    return this.runtime.schedules.front;
  }

  get health(): HealthReader {
    return this.runtime.health;
  }

  /** Logins to the dashboard that outlive this process. */
  get sessions(): DashboardSessions {
    return this.runtime.stores.operator.sessions;
  }

  get clock(): Clock {
    return this.runtime.clock;
  }

  get logger(): KyuLogger {
    return this.runtime.logger;
  }

  get payloadLimitBytes(): number {
    return this.runtime.options.payloadLimitBytes;
  }
}
