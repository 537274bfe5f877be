import type { InjectionToken } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { JobQuery } from '../admin/job-query.js';
import type { Duration } from '../core/duration.js';
import { jobTypeOf, type JobReference, type PayloadInputOf } from '../core/job-definition.js';
import type { Job, JobId } from '../core/job.js';
import { encodePayload } from '../core/payload.js';
import type { KyuLifecycle } from '../kyu.lifecycle.js';
import { tokenFor } from '../kyu.tokens.js';
import { runAs } from '../worker/current-job.js';
import { EnqueuedExpectations } from './enqueued-expectations.js';
import type { RecordedJob } from './enqueued-log.js';
import { handlerOf } from './find-handler.js';
import { TestRun, type JobContextOverrides } from './job-context.js';
import type { MemoryStores } from './memory-stores.js';
import type { MemoryTransaction } from './memory-transaction.js';
import type { RunSummary } from './run-tally.js';
import type { TestEngine } from './test-engine.js';
import type { TestRuntime } from './test-runtime.js';
import { limitsOfAdvance, limitsOfDrain, type DrainOptions, type TestbedLimits } from './testbed-options.js';
import { requireDuration } from './virtual-clock.js';

/** What a testbed works with. */
export interface TestbedParts {
  readonly runtime: TestRuntime;
  readonly lifecycle: KyuLifecycle;
  readonly engine: TestEngine;
  readonly memory: MemoryStores;
}

const PAGE_SIZE = 1_000;

/** The token of the testbed of an instance: the class itself for the one without a name. */
export function getTestbedToken(instance?: string): InjectionToken<KyuTestbed> {
  return tokenFor(KyuTestbed, instance);
}

/**
 * The hand of a test on its Kyu: looks at what was enqueued, runs it, lets time pass, and breaks things.
 * @example
 * const kyu = app.get(KyuTestbed);
 * await app.get(Signup).register('a@b.example');
 * kyu.expectEnqueued('send_email', { to: 'a@b.example' });
 * await kyu.drain();
 */
export class KyuTestbed {
  private readonly expectations: EnqueuedExpectations;

  constructor(private readonly parts: TestbedParts) {
    this.expectations = new EnqueuedExpectations(parts.memory.enqueued);
  }

  /**
   * Asserts that a job was enqueued since the start or the last `clear()`, whatever has become of it since.
   * @param matches what its payload has to have at least (`expect.any(String)` and its like may stand in it), or a
   * function of its payload
   * @returns the first such job
   * @throws Error that lists what was enqueued
   * @example
   * const { id } = kyu.expectEnqueued('send_email', { to: 'a@b.example' });
   * kyu.expectEnqueued('send_email', (mail) => mail.subject.startsWith('Welcome'));
   */
  expectEnqueued<Reference extends JobReference>(
    type: Reference,
    matches?: (payload: PayloadInputOf<Reference>, job: RecordedJob) => boolean,
  ): RecordedJob;
  expectEnqueued(type: JobReference, matches: object | string | number | boolean | null): RecordedJob;
  expectEnqueued(type: JobReference, matches?: unknown): RecordedJob {
    return this.expectations.expect(jobTypeOf(type), matches);
  }

  /**
   * Asserts that no such job was enqueued; the counterpart of `expectEnqueued`.
   * @throws Error that shows the jobs
   * @example
   * kyu.refuteEnqueued('send_email');
   */
  refuteEnqueued<Reference extends JobReference>(
    type: Reference,
    matches?: (payload: PayloadInputOf<Reference>, job: RecordedJob) => boolean,
  ): void;
  refuteEnqueued(type: JobReference, matches: object | string | number | boolean | null): void;
  refuteEnqueued(type: JobReference, matches?: unknown): void {
    this.expectations.refute(jobTypeOf(type), matches);
  }

  /**
   * What was enqueued since the start or the last `clear()`, oldest first. What is in an open transaction is not.
   * @example
   * expect(kyu.enqueued('send_email')).toHaveLength(2);
   */
  enqueued(type?: JobReference): RecordedJob[] {
    return this.parts.memory.enqueued.list(type === undefined ? undefined : jobTypeOf(type));
  }

  /**
   * Runs what is due, through interceptors, guards and pipes, until nothing is: what handlers enqueue included.
   * Virtual time stands still, unless `scheduled` says that it may pass.
   * @throws Error when jobs bring themselves back without end, or a handler does not end
   * @throws NotAWorkerError with `role: 'producer'`
   * @example
   * expect(await kyu.drain()).toMatchObject({ completed: 2, dead: 0 });
   */
  async drain({ scheduled = false, ...limits }: DrainOptions = {}): Promise<RunSummary> {
    await this.begin();
    const { engine } = this.parts;
    return scheduled ? engine.drainScheduled(limitsOfDrain(limits)) : engine.drain(limitsOfDrain(limits));
  }

  /**
   * Lets virtual time pass. What becomes due meanwhile runs at its instant: scheduled jobs, further attempts after
   * their backoff, the timeouts of handlers that do not end, the rescue of jobs whose process died.
   * @param duration ms or text such as `'1h30m'`
   * @throws RangeError when it is no duration
   * @throws Error when jobs bring themselves back without end
   * @example
   * await kyu.advance('1h');
   */
  async advance(duration: Duration, limits: TestbedLimits = {}): Promise<RunSummary> {
    const durationMs = requireDuration(duration);
    await this.begin();
    return this.parts.engine.advance(durationMs, limitsOfAdvance(limits));
  }

  /**
   * Runs the handler of a job type once, through interceptors, guards, pipes and the schema, with this payload as the
   * ledger would hand it out. Nothing is stored, no retry follows, no timeout strikes.
   * @param context what the handler is to see of its run: `attempt`, `maxAttempts`, `signal` …
   * @returns what the handler returns
   * @throws what the handler throws
   * @throws KyuPayloadError when the payload could not be stored
   * @example
   * await expect(kyu.run('send_email', { to: 'nobody' }, { attempt: 3 })).rejects.toThrow('no such address');
   */
  async run<Reference extends JobReference>(
    type: Reference,
    payload: PayloadInputOf<Reference>,
    context: Omit<JobContextOverrides, 'payload' | 'type'> = {},
  ): Promise<unknown> {
    await this.begin();
    const { runtime } = this.parts;
    const handler = handlerOf(runtime.handlers, jobTypeOf(type));
    const text = encodePayload(payload, runtime.options.payloadLimitBytes);
    const settings = { queue: handler.queue, createdAt: this.now(), ...context, type: handler.type };
    const run = new TestRun(
      { ...settings, payload: JSON.parse(text) as unknown },
      handler,
      (parent, child, childPayload, options) =>
        runtime.producer.enqueueChild(parent, child, childPayload, options),
    );
    return runAs(run, () => handler.invoke(run.payload, run));
  }

  /**
   * One job as it stands now, as `KyuAdmin.get` shows it.
   * @throws JobNotFoundError
   * @example
   * expect(await kyu.job(id)).toMatchObject({ status: 'failed', retryCount: 1 });
   */
  job(id: JobId): Promise<Job> {
    return this.parts.runtime.admin.get(id);
  }

  /**
   * The jobs that match, in the order in which they were enqueued.
   * @param query `status`, `type`, `queue`, as for `KyuAdmin.list`
   * @throws InvalidQueryError
   * @example
   * expect(await kyu.jobs({ status: 'dead' })).toEqual([]);
   */
  async jobs(query: Omit<JobQuery, 'limit' | 'cursor'> = {}): Promise<Job[]> {
    const found: Job[] = [];
    let cursor: string | null = null;
    do {
      const page = await this.parts.runtime.admin.list({ ...query, limit: PAGE_SIZE, cursor });
      found.push(...page.jobs);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found.reverse();
  }

  /**
   * The next run of this type is executed, and then its process dies before it could settle the job: for the ledger
   * it goes on running until the lease is over. The reaper then takes it back, within `lease.length` and two seconds.
   * Called twice, two runs crash. In this process listeners of `stalled` hear of it.
   * @example
   * kyu.crashBeforeSettle('send_email');
   * await kyu.drain();            // the letter is sent …
   * await kyu.advance('12s');     // … and sent again: is the handler idempotent?
   */
  crashBeforeSettle(type: JobReference): void {
    this.parts.memory.registry.planCrash(jobTypeOf(type));
  }

  /**
   * Redis goes away and forgets everything: from now on jobs come from the ledger alone.
   * @throws Error when the instance has none (`redis: false`)
   */
  loseRedis(): void {
    this.parts.memory.setRedisPresence(false);
  }

  /** Redis comes back, empty, and is filled again from the ledger. */
  restoreRedis(): void {
    this.parts.memory.setRedisPresence(true);
  }

  /**
   * A transaction for code that enqueues with `{ manager }`: commits when the work resolves, rolls back when it
   * rejects. Only Kyu takes part in it; whatever else the code does with its manager is for the methods of `mock`.
   *
   * An entity manager that a test mocks by itself works as `{ manager }` too, but is no transaction: what is enqueued
   * with it is there at once.
   * @example
   * const dataSource = { transaction: (work) => kyu.transaction(work, { save: async (row) => row }) };
   */
  async transaction<Result>(
    work: (manager: EntityManager & MemoryTransaction) => Promise<Result>,
    mock: object = {},
  ): Promise<Result> {
    const transaction = Object.assign(this.parts.memory.begin(), mock);
    try {
      const result = await work(transaction as unknown as EntityManager & MemoryTransaction);
      transaction.commit();
      return result;
    } catch (error) {
      if (transaction.isOpen) transaction.rollback();
      throw error;
    }
  }

  /** The instant at which the virtual clock stands. */
  now(): Date {
    return new Date(this.parts.runtime.clock.nowMs());
  }

  /** Forgets all jobs, what was enqueued, and the crashes that have not happened: for the next test. Time goes on. */
  clear(): void {
    this.parts.memory.clear();
  }

  /** `compile()` alone calls no hooks; whoever runs jobs needs the handlers found. `app.init()` may follow. */
  private async begin(): Promise<void> {
    await this.parts.lifecycle.onApplicationBootstrap();
    await this.parts.lifecycle.startWorkers();
  }
}
