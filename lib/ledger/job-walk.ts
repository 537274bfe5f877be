import { ReadingTimeoutError } from '../core/errors.js';
import type { JobFilter } from '../core/ports/job-filter.js';
import type { JobListPage, JobPlace, ReachedPlace } from '../core/ports/job-lists.js';
import { BoundedReadings, type Ask } from './bounded-readings.js';
import { findStepEnd } from './statements/find-step-end.sql.js';
import { findWalkSpan } from './statements/find-walk-span.sql.js';

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

/** The table that a walk goes along, the order, where it begins, and what is looked for on the way. */
export type WalkRoute = Pick<JobListPage, 'order' | 'archived' | 'after' | 'filter'> & {
  readonly sort: 'created' | 'finished';
};

/**
 * Looks at all jobs in order, step by step, until somebody has enough or time runs out. What no index knows of is found
 * in this way: what a step costs is bounded, whatever the ledger holds, and whoever asked gets what was found so far
 * together with the place from where to go on.
 *
 * Where the filter says when the jobs were created or ended, the walk leaps from the end of its first step to where they
 * begin, and is over where they end. The first step is made in any case: it costs little, and on a ledger of few jobs no
 * id needs to tell the time.
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
    const { start, goal } = await this.spanOf(ask, route);
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
      reached = start !== undefined && isBehind(route.order, start, end) ? start : end;
      if (goal !== undefined && !isBehind(route.order, goal, reached)) return undefined;
      arrive(reached);
    }
  }

  /** From where to where jobs can match at all, in the order of the walk. */
  private async spanOf(ask: Ask, route: WalkRoute): Promise<{ start?: ReachedPlace; goal?: ReachedPlace }> {
    const values = instantsOf(route.filter);
    if (values.every((value) => value === undefined)) return {};
    const template = findWalkSpan(route.sort);
    const [row] = await ask<SpanRow>({ template, values: values.map((value) => value ?? null) });
    if (row === undefined) return {};
    const first = row.first_at && { id: row.first_id, key: row.first_key, at: row.first_at };
    const last = row.last_at && { id: row.last_id, key: row.last_key, at: row.last_at };
    const [start, goal] = route.order === 'asc' ? [first, last] : [last, first];
    return { ...(start && { start }), ...(goal && { goal }) };
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

/** As the parameters of find-walk-span. */
function instantsOf(filter: JobFilter): (string | number | undefined)[] {
  const { createdFrom, createdBefore, youngerThanMs, olderThanMs } = filter;
  const { finishedFrom, finishedBefore, finishedUnderMs, finishedOverMs } = filter;
  const created = [createdFrom, createdBefore, youngerThanMs, olderThanMs];
  return [...created, finishedFrom, finishedBefore, finishedUnderMs, finishedOverMs];
}

/** Whether a place comes after another one; keys and ids of one order are text of one length. */
function isBehind(order: 'asc' | 'desc', place: JobPlace, other: JobPlace): boolean {
  const [left, right] = [place, other].map(({ key, id }) => `${key ?? ''} ${id}`) as [string, string];
  return order === 'asc' ? left > right : left < right;
}

interface SpanRow {
  readonly first_at: Date | null;
  readonly first_id: string;
  readonly first_key: string | null;
  readonly last_at: Date | null;
  readonly last_id: string;
  readonly last_key: string | null;
}

interface StepRow {
  readonly id: string;
  readonly key: string | null;
  readonly at: Date;
  readonly elapsed_ms: string;
}
