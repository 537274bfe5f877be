import { ReadingTimeoutError } from '../core/errors.js';
import type { JobListPage, JobPlace, ReachedPlace } from '../core/ports/job-lists.js';
import { BoundedReadings, type Ask } from './bounded-readings.js';
import { findStepEnd } from './statements/find-step-end.sql.js';

/** How long a walk may take, and how far its steps go. */
export interface WalkLimits {
  /** No step begins later than this. */
  readonly budgetMs: number;
  /** So long may a statement of a step take. */
  readonly statementMs: number;
  readonly firstStep: number;
  readonly longestStep: number;
}

export const WALK_LIMITS: WalkLimits = {
  budgetMs: 800,
  statementMs: 600,
  firstStep: 2_000,
  longestStep: 50_000,
};

const QUICK_MS = 50;
const SLOW_MS = 150;

/** Along the index and nothing else: the whole table read for each step would be the dearest way. */
const SETTINGS = { enable_seqscan: 'off', enable_bitmapscan: 'off' };

/** From where a step goes, and to where: both are left out at the ends of the table. */
export interface WalkStep {
  readonly after?: JobPlace;
  readonly upTo?: JobPlace;
}

/** The table that a walk goes along, the order, and where it begins. */
export type WalkRoute = Pick<JobListPage, 'order' | 'archived' | 'after'> & {
  readonly sort: 'created' | 'finished';
};

/**
 * Looks at all jobs in order, step by step, until somebody has enough or time runs out. What no index knows of is found
 * in this way: what a step costs is bounded, whatever the ledger holds, and whoever asked gets what was found so far
 * together with the place from where to go on.
 */
export class JobWalk {
  constructor(
    private readonly readings: BoundedReadings,
    private readonly limits: WalkLimits = WALK_LIMITS,
  ) {}

  /**
   * @param visit looks at the jobs of one step; true: that is enough
   * @returns where time ran out; nothing when there was enough, or nothing more to look at
   * @throws ReadingTimeoutError when not even the first step came to its end
   */
  async along(
    what: string,
    route: WalkRoute,
    visit: (ask: Ask, step: WalkStep) => Promise<boolean>,
  ): Promise<ReachedPlace | undefined> {
    let reached: ReachedPlace | undefined;
    const arrive = (place: ReachedPlace): void => {
      reached = place;
    };
    try {
      return await this.readings.together(what, this.limits.statementMs, SETTINGS, (ask) =>
        this.walk(ask, route, visit, arrive),
      );
    } catch (error) {
      if (error instanceof ReadingTimeoutError && reached !== undefined) return reached;
      throw error;
    }
  }

  private async walk(
    ask: Ask,
    route: WalkRoute,
    visit: (ask: Ask, step: WalkStep) => Promise<boolean>,
    arrive: (place: ReachedPlace) => void,
  ): Promise<ReachedPlace | undefined> {
    let { firstStep: length } = this.limits;
    let reached: ReachedPlace | undefined;
    let spentMs = 0;
    for (;;) {
      const after = reached ?? route.after;
      const { end, elapsedMs } = await this.endOfStep(ask, route, after, length);
      if (reached !== undefined && elapsedMs > this.limits.budgetMs) return reached;
      const hasEnough = await visit(ask, { ...(after && { after }), ...(end && { upTo: end }) });
      if (hasEnough || end === undefined) return undefined;
      if (reached !== undefined) length = this.nextLength(length, elapsedMs - spentMs);
      spentMs = elapsedMs;
      reached = end;
      arrive(end);
    }
  }

  private async endOfStep(
    ask: Ask,
    route: WalkRoute,
    after: JobPlace | undefined,
    length: number,
  ): Promise<{ end?: ReachedPlace; elapsedMs: number }> {
    const template = findStepEnd({ ...route, goesOn: after !== undefined });
    const place = after === undefined ? [] : placeValues(route.sort, after);
    const [row] = await ask<StepRow>({ template, values: [length, ...place] });
    if (row === undefined) return { elapsedMs: 0 };
    return { end: { id: row.id, key: row.key, at: row.at }, elapsedMs: Number(row.elapsed_ms) };
  }

  /** Short enough to end in time, long enough that the way there does not cost more than the look. */
  private nextLength(length: number, tookMs: number): number {
    if (tookMs < QUICK_MS) return Math.min(this.limits.longestStep, length * 2);
    return tookMs > SLOW_MS ? Math.ceil(length / 2) : length;
  }
}

/** A place as the parameters of a statement. */
export function placeValues(sort: JobListPage['sort'], { id, key }: JobPlace): unknown[] {
  return sort === 'created' ? [id] : [id, key];
}

interface StepRow {
  readonly id: string;
  readonly key: string | null;
  readonly at: Date;
  readonly elapsed_ms: string;
}
