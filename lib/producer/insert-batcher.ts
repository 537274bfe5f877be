import { Batcher } from '../core/batcher.js';
import { LedgerUnavailableError } from '../core/errors.js';
import type { InsertedJob, JobDraft } from '../core/job.js';
import type { JobIntake } from '../core/ports/ledger.js';

/** A draft, and the caller who waits for it. */
interface Waiting {
  readonly draft: JobDraft;
  readonly resolve: (job: InsertedJob) => void;
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

  constructor(private readonly intake: JobIntake<Transaction>) {}

  insert(draft: JobDraft): Promise<InsertedJob> {
    return new Promise((resolve, reject) => this.batcher.push({ draft, resolve, reject }));
  }

  async whenIdle(): Promise<void> {
    await this.batcher.whenIdle();
  }

  private async write(batch: Waiting[]): Promise<void> {
    try {
      const jobs = await this.insertTwiceIfNeeded(batch);
      for (const [index, { resolve }] of batch.entries()) resolve(jobs[index]!); // the intake answers in input order
    } catch (error) {
      if (batch.length === 1 || error instanceof LedgerUnavailableError) {
        for (const { reject } of batch) reject(error);
      } else {
        for (const waiting of batch) await this.write([waiting]);
      }
    }
  }

  private async insertTwiceIfNeeded(batch: Waiting[]): Promise<InsertedJob[]> {
    const drafts = batch.map((waiting) => waiting.draft);
    try {
      return await this.intake.insert(drafts);
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      return this.intake.insert(drafts);
    }
  }
}
