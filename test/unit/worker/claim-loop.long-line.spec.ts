import { describe, expect, it } from 'vitest';
import type { Claim } from '../../../lib/core/claim.js';
import type { LinePlace } from '../../../lib/core/claim-order.js';
import type { Taken } from '../../../lib/core/ports/dispatcher.js';
import type { ClaimLoop } from '../../../lib/worker/claim-loop.js';
import { SlotBook } from '../../../lib/worker/slot-book.js';
import { ManualClock } from '../../support/observability/manual-clock.js';
import { claimOf, handlerOf, settled } from '../../support/worker/claims.js';
import { startClaimLoop } from '../../support/worker/start-claim-loop.js';

const SLOTS = 500;
const HEAD_MS = 60;
const FURTHER_MS = 10;
/** Not much less than a look at the head, which would be too dear else for a worker that has hints. */
const HINTED_MS = 30;
const LATE = 5;

/** What the ledger was asked, and where. */
interface Question {
  readonly after: string | undefined;
  readonly claimed: number;
}

/** What is special about a stage. */
interface Special {
  readonly slots?: SlotBook;
  /** Jobs that come to stand in the line after the fifth look. */
  readonly late?: readonly Claim[];
  /** What happens after the fifth look. */
  readonly then?: (loop: ClaimLoop) => void;
  /** With a dispatcher that gives hints until the ledger is asked, says that there are more, and then has none. */
  readonly mode?: 'redis';
}

/** A worker before a line whose head is dear to look at, as while somebody holds a transaction open. Jobs end at once. */
function startBeforeLine(line: readonly Claim[], special: Special = {}) {
  const { slots = roomFor(SLOTS), late = [], then = () => {}, mode = 'postgres' } = special;
  let waiting = [...line];
  const clock = new ManualClock();
  const questions: Question[] = [];
  const started: string[] = [];
  const take = (found: readonly Claim[]): Claim[] => {
    const taken = new Set(found);
    waiting = waiting.filter((job) => !taken.has(job));
    return [...found];
  };
  const hintsOf = (limit: number): Taken => {
    const ids = questions.length > 0 ? [] : waiting.slice(0, limit).map(({ id }) => id);
    return { kind: 'hints', ids, lowTypes: [], left: ids.length === 0 ? 0 : 5_000 };
  };
  const loop: ClaimLoop = startClaimLoop({
    clock,
    slots,
    dispatcher: {
      mode,
      take: async (_queue, _rooms, limit) => (mode === 'redis' ? hintsOf(limit) : { kind: 'look' }),
    },
    ledger: {
      claimById: async (_worker, _queue, _types, ids) => {
        clock.advance(HINTED_MS);
        const wanted = new Set(ids);
        return take(waiting.filter(({ id }) => wanted.has(id)));
      },
      claimByQueue: async (_worker, _queue, _rooms, limit, after) => {
        clock.advance(after === undefined ? HEAD_MS : FURTHER_MS);
        const found = take(waiting.filter((job) => isBehind(job, after)).slice(0, limit));
        questions.push({ after: after?.id, claimed: found.length });
        if (questions.length === LATE) waiting.unshift(...late);
        if (questions.length === LATE) then(loop);
        return found;
      },
    },
    onClaims: (claims) => started.push(...claims.map(({ id }) => id)),
  });
  const untilRest = async (): Promise<void> => {
    while (loop.isSearching) await settled();
    await loop.stop();
  };
  return { untilRest, questions, started };
}

/** Room for so many jobs of the one type, among all slots. */
function roomFor(concurrency: number): SlotBook {
  return new SlotBook(SLOTS, [handlerOf({ concurrency })]);
}

function isBehind(job: LinePlace, after: LinePlace | undefined): boolean {
  return after === undefined || (job.priority === after.priority && job.id > after.id);
}

function lineOf(count: number, priority = 0): Claim[] {
  return Array.from({ length: count }, () => claimOf({ priority }));
}

describe('ClaimLoop that reads a long line in the ledger', () => {
  it('reads on behind what it has claimed, and looks at the head now and then and at the end', async () => {
    const { untilRest, questions, started } = startBeforeLine(lineOf(20_000));
    await untilRest();
    expect(new Set(started).size).toBe(20_000);
    const atHead = questions.filter(({ after }) => after === undefined);
    expect(questions.length - atHead.length).toBeGreaterThan(30);
    expect(atHead.length).toBeLessThan(8);
    expect(questions.at(-1)).toEqual({ after: undefined, claimed: 0 });
  });

  it('finds what came to stand before its place, and what is less important behind it', async () => {
    const late = [...lineOf(1, 9), ...lineOf(2)];
    const { untilRest, started } = startBeforeLine([...lineOf(40_000), ...lineOf(700, -1)], { late });
    await untilRest();
    expect(new Set(started).size).toBe(40_703);
    // A look at the head costs 50 ms more than another, so there is one in half a second, for some 25,000 jobs.
    for (const { id } of late) expect(started.indexOf(id)).toBeLessThan(30_000);
  });

  it('looks at the head alone where a job type has a limit of its own', async () => {
    const { untilRest, questions } = startBeforeLine(lineOf(5_000), { slots: roomFor(SLOTS - 1) });
    await untilRest();
    expect(questions.length).toBeGreaterThan(10);
    expect(questions.filter(({ after }) => after !== undefined)).toEqual([]);
  });

  it('looks at the head before it asks the dispatcher again, which may know nothing of what stands there', async () => {
    const late = lineOf(2);
    const { untilRest, questions, started } = startBeforeLine(lineOf(12_000), { late, mode: 'redis' });
    await untilRest();
    expect(questions.some(({ after }) => after !== undefined)).toBe(true);
    expect(new Set(started).size).toBe(12_002);
  });

  it('looks at the head at once when a claim of its own may have been lost', async () => {
    const { untilRest, questions } = startBeforeLine(lineOf(12_000), { then: (loop) => loop.doubt() });
    await untilRest();
    // One look may have been under way.
    expect(questions.slice(LATE, LATE + 2).map(({ after }) => after)).toContain(undefined);
    expect(questions.slice(LATE + 2, LATE + 6).map(({ after }) => after)).not.toContain(undefined);
  });
});
