import { LedgerUnavailableError } from '../core/errors.js';
import type { InsertedJob, JobDraft } from '../core/job.js';
import type { JobIntake } from '../core/ports/job-intake.js';
import type { LocalClaims, LocalReservation } from '../core/ports/local-claims.js';

/**
 * Writes a single job as claimed where the workers of this process have a place for it: it starts with one statement,
 * and no dispatcher hears of it. Several jobs at once take the common way, where their claim is one statement as well.
 */
export class LocalStarts<Transaction> implements Pick<JobIntake<Transaction>, 'insert'> {
  private readonly starts = new Map<JobDraft, () => void>();

  constructor(
    private readonly intake: JobIntake<Transaction>,
    private readonly workers: LocalClaims,
  ) {}

  /** Never for a transaction of the caller's: what nobody else can see yet must not run. */
  async insert(drafts: readonly JobDraft[]): Promise<InsertedJob[]> {
    const [draft] = drafts;
    const isAlone = draft !== undefined && drafts.length === 1 && isForNow(draft);
    const place = isAlone ? this.workers.reserve(draft) : undefined;
    return isAlone && place !== undefined ? [await this.insertAt(place, draft)] : this.intake.insert(drafts);
  }

  /** Starts what was written as claimed, after everybody has heard that it was enqueued. */
  begin(drafts: readonly JobDraft[]): void {
    if (this.starts.size === 0) return;
    for (const draft of drafts) {
      const start = this.starts.get(draft);
      this.starts.delete(draft);
      start?.();
    }
  }

  private async insertAt(place: LocalReservation, draft: JobDraft): Promise<InsertedJob> {
    try {
      const { job, claim } = await this.intake.insertAndClaim(draft, place.claimant);
      if (claim === undefined) place.giveUp();
      else this.starts.set(draft, () => place.begin(claim));
      return job;
    } catch (error) {
      if (error instanceof LedgerUnavailableError) place.doubt();
      else place.giveUp();
      throw error;
    }
  }
}

/** One with a key may be another job, or wait for one. */
function isForNow({ delayMs, scheduledAt, unique }: JobDraft): boolean {
  return delayMs === 0 && scheduledAt === null && (unique === undefined || unique === null);
}
