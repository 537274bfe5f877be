import type { JobDraft, JobId } from '../core/job.js';

/** A job as it was enqueued. */
export interface RecordedJob {
  readonly id: JobId;
  readonly type: string;
  readonly queue: string;
  readonly priority: number;
  /** As the ledger holds it: a date has become text by then. */
  readonly payload: unknown;
  readonly maxRetries: number;
  /** 0 = no limit of its own. */
  readonly timeoutMs: number;
  /** When it is to run for the first time; `null` = at once. */
  readonly scheduledAt: Date | null;
  readonly enqueuedAt: Date;
}

/** What was enqueued, in order, whatever has become of it since. */
export class EnqueuedLog {
  private readonly entries: { readonly draft: JobDraft; readonly atMs: number }[] = [];

  record(drafts: readonly JobDraft[], atMs: number): void {
    for (const draft of drafts) this.entries.push({ draft, atMs });
  }

  /** Each call answers objects of its own, so that nobody changes what others see. */
  list(type?: string): RecordedJob[] {
    return this.entries
      .filter(({ draft }) => type === undefined || draft.type === type)
      .map(({ draft, atMs }) => toRecord(draft, atMs));
  }

  clear(): void {
    this.entries.length = 0;
  }
}

function toRecord(draft: JobDraft, atMs: number): RecordedJob {
  const { id, type, queue, priority, maxRetries, timeoutMs } = draft;
  return {
    id,
    type,
    queue,
    priority,
    payload: JSON.parse(draft.payload) as unknown,
    maxRetries,
    timeoutMs,
    scheduledAt: firstRunOf(draft, atMs),
    enqueuedAt: new Date(atMs),
  };
}

function firstRunOf({ scheduledAt, delayMs }: JobDraft, atMs: number): Date | null {
  if (scheduledAt !== null) return new Date(scheduledAt);
  return delayMs > 0 ? new Date(atMs + delayMs) : null;
}
