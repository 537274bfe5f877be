import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import type { RescuedJobEvent } from '../../../lib/core/events.js';
import { JobIdSource } from '../../../lib/core/job-id.js';
import type { Job, JobDraft, JobId, JobRun } from '../../../lib/core/job.js';
import type { RunOutcome } from '../../../lib/core/outcome.js';
import type { RescueLimits } from '../../../lib/core/ports/ledger-upkeep.js';
import type { WorkerIdentity } from '../../../lib/core/ports/worker-registry.js';
import { settle, type RunTimes, type Settlement } from '../../../lib/core/settlement.js';
import type { LedgerSubject, OpenLedger, OpenTransaction } from './ledger-subject.js';

export const QUEUE = 'shop';
export const TYPE = 'send_email';
/** Longer than any test takes, shorter than what tests let pass. */
export const LEASE_MS = 60_000;
export const RETRY_DELAY_MS = 30_000;
export const RESCUE_LIMITS: RescueLimits = { staleAfterMs: 600_000, mostCrashes: 3, batchSize: 500 };
export const TIMES: RunTimes = { startedAfterMs: 5, finishedAfterMs: 250 };

const ids = new JobIdSource(() => Date.now());

export function draftOf(fields: Partial<JobDraft> = {}): JobDraft {
  return {
    id: ids.next(),
    queue: QUEUE,
    type: TYPE,
    priority: 0,
    payload: '{"to":"a@b.example"}',
    maxRetries: 3,
    timeoutMs: 30_000,
    delayMs: 0,
    scheduledAt: null,
    ...fields,
  };
}

/** What the engine makes of the outcome, with a fixed delay before the next attempt. */
export function settlementOf(claim: Claim, outcome: RunOutcome, times: RunTimes = TIMES): Settlement {
  const policy = { backoff: () => RETRY_DELAY_MS, resultLimitBytes: 10_000 };
  return settle(claim, outcome, times, policy, () => 0.5);
}

export const completed: RunOutcome = { kind: 'completed', result: { delivered: true } };
export const failed: RunOutcome = { kind: 'failed', error: new Error('mailbox full') };
export const discarded: RunOutcome = { kind: 'discarded', error: new Error('no such address') };
export const released: RunOutcome = { kind: 'released' };

/** A ledger with short ways to bring it where a test begins. */
export class LedgerStage<Transaction> {
  constructor(readonly ledger: LedgerSubject<Transaction>) {}

  async enqueue(fields: Partial<JobDraft> = {}, transaction?: Transaction): Promise<JobId> {
    const draft = draftOf(fields);
    await this.ledger.intake.insert([draft], transaction);
    return draft.id;
  }

  async enqueueMany(count: number, fields: Partial<JobDraft> = {}): Promise<JobId[]> {
    const drafts = Array.from({ length: count }, () => draftOf(fields));
    await this.ledger.intake.insert(drafts);
    return drafts.map(({ id }) => id);
  }

  /** A registered worker. */
  async worker(fields: Partial<WorkerIdentity> & { leaseMs?: number } = {}): Promise<string> {
    const { leaseMs = LEASE_MS, ...identity } = fields;
    const worker = identityOf(identity);
    await this.ledger.registry.register(worker, leaseMs);
    return worker.workerId;
  }

  /** A worker whose row says that it died. */
  async deadWorker(fields: Partial<WorkerIdentity> = {}): Promise<string> {
    const workerId = await this.worker(fields);
    await this.bury(workerId);
    return workerId;
  }

  /** Lets the worker's lease end, and no other's. */
  async bury(workerId: string): Promise<void> {
    await this.ledger.registry.beat(workerId, -10_000);
    const buried = await this.ledger.upkeep.bury([QUEUE, 'reports']);
    expect(buried.map((worker) => worker.workerId)).toContain(workerId);
  }

  /** Claims one job, and makes sure of it. */
  async claim(id: JobId, workerId: string): Promise<Claim> {
    const { queue, type } = await this.job(id);
    const [claim] = await this.ledger.runs.claimById(workerId, queue, [type], [id]);
    if (claim === undefined) throw new Error(`job ${id} could not be claimed`);
    return claim;
  }

  /** Claims jobs in the order in which they were made. */
  async claimMany(ids: readonly JobId[], workerId: string): Promise<Claim[]> {
    const claims = await this.ledger.runs.claimById(workerId, QUEUE, [TYPE], ids);
    expect(claims.map(({ id }) => id)).toEqual(ids);
    return claims;
  }

  /** A worker claims the job and dies, and the job is taken back. */
  async crash(id: JobId, fields: Partial<WorkerIdentity> = {}): Promise<RescuedJobEvent[]> {
    const worker = await this.worker(fields);
    await this.claim(id, worker);
    await this.bury(worker);
    return this.ledger.upkeep.rescue((await this.job(id)).queue, RESCUE_LIMITS);
  }

  /** Ends a run, and makes sure that the ledger took it. */
  async end(claim: Claim, outcome: RunOutcome): Promise<void> {
    const settlement = settlementOf(claim, outcome);
    expect(await this.ledger.runs.settle([settlement])).toEqual([settlement]);
  }

  /** A job that has run once, to this outcome. */
  async ran(outcome: RunOutcome, fields: Partial<JobDraft> = {}): Promise<JobId> {
    const id = await this.enqueue(fields);
    await this.end(await this.claim(id, await this.worker({ queues: [fields.queue ?? QUEUE] })), outcome);
    return id;
  }

  /** One job in each status, by its name. */
  async oneOfEach(fields: Partial<JobDraft> = {}): Promise<Record<Job['status'], JobId>> {
    const worker = await this.worker({ queues: [fields.queue ?? QUEUE] });
    const running = await this.enqueue(fields);
    await this.claim(running, worker);
    const cancelled = await this.enqueue(fields);
    await this.ledger.inspection.cancel(cancelled, null);
    return {
      scheduled: await this.enqueue({ ...fields, delayMs: 3_600_000 }),
      pending: await this.enqueue(fields),
      running,
      failed: await this.ran(failed, fields),
      completed: await this.ran(completed, fields),
      dead: await this.ran(discarded, fields),
      cancelled,
    };
  }

  /** The job, which must be there. */
  async job(id: JobId): Promise<Job> {
    const job = await this.ledger.inspection.find(id);
    if (job === undefined) throw new Error(`there is no job ${id}`);
    return job;
  }

  /** Makes sure that a call has not ended, though the ledger had the time to answer others. */
  async expectWaiting(call: Promise<unknown>): Promise<void> {
    let ended = false;
    const note = (): void => void (ended = true);
    call.then(note, note);
    for (let answers = 0; answers < 10; answers += 1) await this.ledger.nowMs();
    expect(ended).toBe(false);
  }

  /** The span of the ledger's time that an action took. */
  async during(action: () => Promise<unknown>): Promise<Span> {
    const fromMs = await this.ledger.nowMs();
    await action();
    return { fromMs, toMs: await this.ledger.nowMs() };
  }

  runs(id: JobId): Promise<JobRun[]> {
    return this.ledger.inspection.runs(id);
  }

  /** A transaction that holds the job, as a change by somebody else would. */
  async hold(id: JobId): Promise<OpenTransaction<Transaction>> {
    const transaction = await this.ledger.begin();
    await this.ledger.inspection.cancel(id, null, transaction.manager);
    return transaction;
  }
}

export function identityOf(fields: Partial<WorkerIdentity> = {}): WorkerIdentity {
  return {
    workerId: randomUUID(),
    host: 'worker-host',
    pid: 4_711,
    queues: [QUEUE],
    concurrency: 5,
    version: '1.2.3',
    types: [TYPE],
    ...fields,
  };
}

/** Opens a ledger for the tests around; each of them finds it empty. */
export function useLedger<Transaction>(open: OpenLedger<Transaction>): () => LedgerStage<Transaction> {
  let stage: LedgerStage<Transaction>;
  beforeAll(async () => {
    stage = new LedgerStage(await open());
  });
  beforeEach(() => stage.ledger.clear());
  afterAll(() => stage.ledger.close());
  return () => stage;
}

/** Between which two instants of the ledger's clock something happened. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Whether an instant lies in the span. Dates have whole milliseconds, PostgreSQL's instants have more. */
export function expectWithin(instant: Date | null, { fromMs, toMs }: Span, offsetMs = 0): void {
  expect(instant?.getTime()).toBeGreaterThanOrEqual(Math.floor(fromMs + offsetMs));
  expect(instant?.getTime()).toBeLessThanOrEqual(Math.ceil(toMs + offsetMs));
}
