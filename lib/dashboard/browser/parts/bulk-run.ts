import type { BulkBody, BulkData } from '../../contract.js';

/** So many at once: each call ends soon, and the progress moves. */
export const BULK_STEP = 500;

export interface BulkProgress {
  readonly affected: number;
  readonly isOver: boolean;
}

/**
 * Repeats a bulk change until nothing matches any more, nothing is changed any more, or `isStopped` says so.
 * It never changes more than were counted: jobs that came to match meanwhile were shown to nobody.
 */
export async function runBulk(
  send: (body: BulkBody) => Promise<BulkData>,
  body: BulkBody,
  counted: number,
  report: (progress: BulkProgress) => void,
  isStopped: () => boolean,
): Promise<number> {
  let affected = 0;
  while (affected < counted && !isStopped()) {
    const answer = await send({ ...body, limit: Math.min(BULK_STEP, counted - affected) });
    affected += answer.affected;
    report({ affected, isOver: false });
    if (answer.affected === 0 || answer.matched === 0) break;
  }
  report({ affected, isOver: true });
  return affected;
}
