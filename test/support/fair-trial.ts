import { isDisturbed, processorTime, stolenShare } from './processor-time.js';

const MORE_TRIALS = 2;

let begunWith = processorTime();
let trialsBefore = 0;

/** Called before each trial of a test. */
export function beginTrial(before: number): void {
  trialsBefore = before;
  begunWith = processorTime();
  if (before > 0) console.log(`Others took the processors: trial ${before + 1}, at 1/${pace()} of the pace.`);
}

/**
 * How many times as long everything is that is measured against the speed of the machine: leases, and what is promised
 * in their terms. 1 in the first trial of every test.
 */
export function pace(): number {
  return 1 + trialsBefore;
}

/** So many ms at the pace of this trial. */
export function paced(ms: number): number {
  return ms * pace();
}

/**
 * What every test may ask of its machine. One that fails is run again, a fault test at a slower pace, if the host gave
 * the processors to others meanwhile: worker processes that stand still lose their leases, and ought to. On a machine
 * of its own nothing is ever tried twice.
 */
export const FAIR_TRIALS = { count: MORE_TRIALS, condition: wasTakenAway };

function wasTakenAway(): boolean {
  return isDisturbed(stolenShare(begunWith, processorTime()));
}
