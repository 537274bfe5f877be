import { setTimeout as delay } from 'node:timers/promises';
import { isDisturbed, processorTime, stolenShare } from '../../support/processor-time.js';
import type { Entrant, Sample } from './benchmark.js';

/** What an entrant may ask of its machine. */
export interface FairTrials {
  /** A sample is measured so many times more at most. */
  readonly moreTrials: number;
  /** Before each of them: a host that gives processors by the hour may have some again. */
  readonly restMs: number;
}

/** A sample, and how far it is one of the machine. */
export interface JudgedSample extends Sample {
  /** The share of the processor time it wanted, from its preparation to its end, that the host gave to others. */
  readonly stolen: number;
}

/** How a sample is taken, and how the processors are read. */
export interface FairSampling extends FairTrials {
  /** Told of each sample that does not count in the end. */
  readonly onDropped: (sample: JudgedSample) => void;
  /** Default: those of this machine. */
  readonly readTime?: typeof processorTime;
}

/**
 * Measures again while the host takes the processors away: who is measured meanwhile would lose to who is measured
 * before or after. Of the trials the least disturbed counts; but one with a job that is not accounted for always does.
 */
export async function fairSample(entrant: Entrant, sampling: FairSampling): Promise<JudgedSample> {
  const { moreTrials, restMs, onDropped } = sampling;
  let best = await judgedSample(entrant, sampling);
  for (let more = 0; more < moreTrials && isDisturbed(best.stolen) && isWhole(best); more += 1) {
    await delay(restMs);
    const next = await judgedSample(entrant, sampling);
    const isBetter = next.stolen < best.stolen || !isWhole(next);
    onDropped(isBetter ? best : next);
    if (isBetter) best = next;
  }
  return best;
}

async function judgedSample(
  entrant: Entrant,
  { readTime = processorTime }: FairSampling,
): Promise<JudgedSample> {
  const before = readTime();
  const sample = await entrant.sample();
  return { ...sample, stolen: stolenShare(before, readTime()) };
}

function isWhole({ account }: Sample): boolean {
  return account.complaints.length === 0;
}
