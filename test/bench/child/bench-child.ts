import { payloadOf, type BenchPayload } from './payload.js';
import type { Contestant, ContestantSetting } from './contestant.js';
import type { Tally } from './tally.js';

/** Jobs of one bulk enqueue, where the enqueue itself is not what is measured. */
const SEED_BATCH = 500;

/** What the stages of one child process work with. */
export interface BenchChild {
  readonly setting: ContestantSetting;
  readonly contestant: Contestant;
  readonly tally: Tally;
}

/** Payloads with numbers that nobody else has. */
export function freshPayloads({ tally }: BenchChild, count: number): BenchPayload[] {
  const first = tally.take(count);
  return Array.from({ length: count }, (_, index) => payloadOf(first + index));
}

/** Puts jobs into the queue, to be run later. */
export async function seed(child: BenchChild, jobs: number): Promise<void> {
  for (let left = jobs; left > 0; left -= SEED_BATCH) {
    await child.contestant.enqueueMany(freshPayloads(child, Math.min(left, SEED_BATCH)));
  }
}
