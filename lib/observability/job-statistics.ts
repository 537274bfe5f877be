import type { EventBus } from '../core/event-bus.js';
import { BoundedNames } from './bounded-names.js';
import { errorTypeOf } from './error-type.js';
import { OTHER_JOB_TYPES } from './metric-catalogue.js';

/** What this process did with the jobs of one type and one priority since it started. */
export interface JobStatistics {
  /** `other` stands for every type after the first 100. */
  readonly type: string;
  /** `other` stands for every priority of a type after its first 32. */
  readonly priority: number | 'other';
  /** Runs that this process claimed. */
  readonly started: number;
  /** Runs that ended well. */
  readonly succeeded: number;
  /** Runs that ended with an error, the last one of a dead job included. */
  readonly failed: number;
  /** Of all runs that succeeded or failed, from the start of the handler to its end. */
  readonly totalDurationMs: number;
}

type Figures = { -readonly [Name in keyof JobStatistics]: JobStatistics[Name] };

const MOST_PRIORITIES = 32;

/** Counters by priority × type, as plain numbers for who wants them without a metrics page. */
export class JobStatisticsBook {
  private readonly names = new BoundedNames();
  private readonly types = new Map<string, Map<number | 'other', Figures>>();

  constructor(events: EventBus) {
    events.on('runs.claimed', ({ claims }) => {
      for (const { type, priority } of claims) this.of(type, priority).started += 1;
    });
    events.on('runs.settled', ({ settlements }) => {
      for (const settlement of settlements) {
        const { claim, status, startedAfterMs, finishedAfterMs } = settlement;
        const hasFailed = errorTypeOf(settlement) !== undefined;
        if (status !== 'completed' && !hasFailed) continue;
        const figures = this.of(claim.type, claim.priority);
        if (hasFailed) figures.failed += 1;
        else figures.succeeded += 1;
        figures.totalDurationMs += Math.max(0, finishedAfterMs - startedAfterMs);
      }
    });
  }

  /** A copy, by type and then from the highest priority down. */
  read(): JobStatistics[] {
    const all = [...this.types.values()].flatMap((priorities) => [...priorities.values()]);
    return all.map((figures) => ({ ...figures })).sort(byTypeAndPriority);
  }

  private of(type: string, priority: number): Figures {
    const label = this.names.of(type);
    let priorities = this.types.get(label);
    if (priorities === undefined) this.types.set(label, (priorities = new Map()));
    const known = priorities.get(priority);
    if (known !== undefined) return known;
    return this.meet(priorities, label, priorities.size < MOST_PRIORITIES ? priority : OTHER_JOB_TYPES);
  }

  private meet(
    priorities: Map<number | 'other', Figures>,
    type: string,
    priority: number | 'other',
  ): Figures {
    const known = priorities.get(priority);
    if (known !== undefined) return known;
    const figures = { type, priority, started: 0, succeeded: 0, failed: 0, totalDurationMs: 0 };
    priorities.set(priority, figures);
    return figures;
  }
}

function byTypeAndPriority(left: JobStatistics, right: JobStatistics): number {
  if (left.type !== right.type) return left.type < right.type ? -1 : 1;
  return rankOf(right) - rankOf(left);
}

function rankOf({ priority }: JobStatistics): number {
  return priority === 'other' ? -Infinity : priority;
}
