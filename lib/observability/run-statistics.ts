import type { Settlement } from '../core/settlement.js';
import { DurationHistogram } from './duration-histogram.js';
import { ERROR_TYPES, errorTypeOf, type ErrorType } from './error-type.js';
import { MOST_JOB_TYPES, OTHER_JOB_TYPES, RUN_STATUSES, type RunStatus } from './metric-catalogue.js';

const STATUS_INDEX = Object.fromEntries(RUN_STATUSES.map((status, index) => [status, index])) as Record<
  RunStatus,
  number
>;

/** The figures of one job type. */
class TypeStatistics {
  readonly counts = new Float64Array(RUN_STATUSES.length);
  readonly errors = new Float64Array(ERROR_TYPES.length);
  readonly runTime = new DurationHistogram();
  readonly waitTime = new DurationHistogram();

  add(settlement: Settlement): void {
    const status = runStatusOf(settlement);
    this.counts[STATUS_INDEX[status]]! += 1; // the table covers every status
    const errorType = errorTypeOf(settlement);
    if (errorType !== undefined) this.errors[ERROR_TYPES.indexOf(errorType)]! += 1; // it is one of them
    // How long a shutdown let a run go on says nothing about the job, and its wait is measured by its next run.
    if (status === 'released') return;
    this.runTime.observe(settlement.finishedAfterMs - settlement.startedAfterMs);
    this.waitTime.observe(settlement.claim.waitedMs + settlement.startedAfterMs);
  }

  count(status: RunStatus): number {
    return this.counts[STATUS_INDEX[status]]!; // the table covers every status
  }

  countErrors(type: ErrorType): number {
    return this.errors[ERROR_TYPES.indexOf(type)]!; // it is one of them
  }
}

/** What this process knows of its settled runs. Adding is arithmetic; reading may take its time. */
export class RunStatistics {
  private readonly types = new Map<string, TypeStatistics>();

  add(settlements: readonly Settlement[]): void {
    for (const settlement of settlements) this.of(settlement.claim.type).add(settlement);
  }

  total(status: RunStatus): number {
    let total = 0;
    for (const type of this.types.values()) total += type.count(status);
    return total;
  }

  /** In the order in which the types were first seen. */
  byType(): ReadonlyMap<string, Readonly<TypeStatistics>> {
    return this.types;
  }

  private of(type: string): TypeStatistics {
    return this.types.get(type) ?? this.meet(type);
  }

  private meet(type: string): TypeStatistics {
    const label = this.types.size < MOST_JOB_TYPES ? type : OTHER_JOB_TYPES;
    const known = this.types.get(label);
    if (known !== undefined) return known;
    const statistics = new TypeStatistics();
    this.types.set(label, statistics);
    return statistics;
  }
}

/** What became of the job: an outcome that charges nothing has its own word, all others are told by the new status. */
export function runStatusOf(settlement: Settlement): RunStatus {
  if (settlement.outcome === 'snoozed' || settlement.outcome === 'released') return settlement.outcome;
  switch (settlement.status) {
    case 'completed':
    case 'dead':
    case 'cancelled':
      return settlement.status;
    default:
      return 'failed';
  }
}
