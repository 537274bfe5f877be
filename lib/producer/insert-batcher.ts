import { Batcher } from '../core/batcher.js';
import { LedgerUnavailableError } from '../core/errors.js';
import type { InsertedJob, JobDraft } from '../core/job.js';
import type { JobIntake } from '../core/ports/job-intake.js';

/** The answer to a draft that has no key: no other job can stand in its place. */
export type WrittenJob = Pick<InsertedJob, 'id' | 'created'>;

/** A draft, and the caller who waits for it. */
interface Waiting {
  readonly draft: JobDraft;
  readonly resolve: (job: WrittenJob) => void;
  readonly reject: (error: unknown) => void;
}

const BATCH_SIZE = 500;
const IN_FLIGHT = 2;

/**
 * Single enqueues that happen together share one INSERT. Each caller gets its own answer: a batch that fails for one
 * bad row is written row by row, and one whose reply was lost is sent again, which is safe because ids are made here.
 */
export class InsertBatcher<Transaction> {
  private readonly batcher = new Batcher<Waiting>({
    flush: (batch) => this.write(batch),
    maxSize: BATCH_SIZE,
    maxInFlight: IN_FLIGHT,
  });

  /** Inserts outside the batches. */
  private alone = 0;
  private readonly idleListeners: (() => void)[] = [];

  /** @param onWritten told once for each statement, so that what was written together is announced together */
  constructor(
    private readonly intake: Pick<JobIntake<Transaction>, 'insert'>,
    private readonly onWritten: (drafts: readonly JobDraft[], jobs: readonly InsertedJob[]) => void,
  ) {}

  /** For a draft without a key. */
  insert(draft: JobDraft): Promise<WrittenJob> {
    return new Promise((resolve, reject) => this.batcher.push({ draft, resolve, reject }));
  }

  /**
   * For a draft that may have to wait for somebody else's transaction, as one with a key may: the others must not wait
   * with it.
   */
  async insertAlone(draft: JobDraft): Promise<InsertedJob> {
    this.alone += 1;
    try {
      const [job] = await this.insertTwiceIfNeeded([draft]);
      return job!; // the intake answers for each draft
    } finally {
      this.alone -= 1;
      if (this.alone === 0) for (const listener of this.idleListeners.splice(0)) listener();
    }
  }

  async whenIdle(): Promise<void> {
    await this.batcher.whenIdle();
    if (this.alone > 0) await new Promise<void>((resolve) => this.idleListeners.push(resolve));
  }

  private async write(batch: Waiting[]): Promise<void> {
    try {
      const jobs = await this.insertTwiceIfNeeded(batch.map(({ draft }) => draft));
      for (const [index, { resolve }] of batch.entries()) {
        const { id, created } = jobs[index]!; // the intake answers in input order
        resolve({ id, created });
      }
    } catch (error) {
      if (batch.length === 1 || error instanceof LedgerUnavailableError) {
        for (const { reject } of batch) reject(error);
      } else {
        for (const waiting of batch) await this.write([waiting]);
      }
    }
  }

  private async insertTwiceIfNeeded(drafts: readonly JobDraft[]): Promise<InsertedJob[]> {
    try {
      return await this.insertAndTell(drafts);
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      return this.insertAndTell(drafts);
    }
  }

  private async insertAndTell(drafts: readonly JobDraft[]): Promise<InsertedJob[]> {
    const jobs = await this.intake.insert(drafts);
    this.onWritten(drafts, jobs);
    return jobs;
  }
}
