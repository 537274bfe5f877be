import type { LedgerRetention, RetentionProgress, RetentionStep } from '../core/ports/retention.js';
import type { JobRow } from './memory-job-row.js';
import type { MemoryTables } from './memory-tables.js';

/** Retention's door, in memory. A mark is the instant at which a job ended. */
export class MemoryLedgerRetention implements LedgerRetention {
  constructor(private readonly tables: MemoryTables) {}

  async retire(step: RetentionStep): Promise<RetentionProgress> {
    const now = this.tables.now();
    const from = step.from === null ? -Infinity : Number(step.from);
    const walked = this.tables
      .allJobs()
      .filter((row) => endOf(row) >= from && endOf(row) < now - step.keepForMs)
      .sort((left, right) => endOf(left) - endOf(right))
      .slice(0, step.limit);
    const targets = walked.filter((row) => isMeant(row, step) && this.tables.isFree(row.id));
    for (const { id } of targets) {
      if (step.action === 'archive') this.tables.moveToArchive(id, now);
      else this.tables.remove(id);
    }
    const last = walked.at(-1);
    return {
      retired: targets.length,
      seen: walked.length,
      reached: last === undefined ? null : String(endOf(last)),
    };
  }
}

/** A job that lives has no end: no comparison with it holds. */
function endOf(row: JobRow): number {
  return row.completedAt ?? NaN;
}

function isMeant(row: JobRow, { queue, status, onlyTypes, exceptTypes }: RetentionStep): boolean {
  return (
    row.queue === queue &&
    row.status === status &&
    (onlyTypes === null || onlyTypes.includes(row.type)) &&
    !exceptTypes.includes(row.type)
  );
}
