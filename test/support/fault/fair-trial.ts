import { readFileSync } from 'node:fs';

/** Of the time that the processors are wanted, others may take so much before a trial says little about Kyu. */
const LARGEST_STOLEN_SHARE = 0.1;
const MORE_TRIALS = 2;

/** What the processors have spent since the machine was started, in ticks. */
interface ProcessorTime {
  readonly wanted: number;
  /** Wanted here, and given to other machines on the same host. */
  readonly stolen: number;
}

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
  return stolenShare(begunWith, processorTime()) > LARGEST_STOLEN_SHARE;
}

export function stolenShare(before: ProcessorTime, after: ProcessorTime): number {
  return (after.stolen - before.stolen) / Math.max(1, after.wanted - before.wanted);
}

/** Linux tells; elsewhere nothing counts as stolen. */
function processorTime(): ProcessorTime {
  try {
    return parseProcessorTime(readFileSync('/proc/stat', 'utf8'));
  } catch {
    return { wanted: 0, stolen: 0 };
  }
}

/** The first line of /proc/stat, which is about all processors: proc(5). */
export function parseProcessorTime(text: string): ProcessorTime {
  const line = text.split('\n', 1)[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, stolen = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { wanted: user + nice + system + irq + softIrq + stolen, stolen };
}
