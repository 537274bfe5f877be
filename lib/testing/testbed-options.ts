import type { Duration } from '../core/duration.js';
import type { EngineLimits } from './test-engine.js';
import { requireDuration } from './virtual-clock.js';

/** How long, and how far, a call of the testbed goes on. */
export interface TestbedLimits {
  /** More runs than this are taken for an endless loop. Default 10,000. */
  maxRuns?: number;
  /**
   * How long a handler may be at work, in real time, while nothing else happens. Default 4 s for `drain`, which then
   * gives up; 500 ms for `advance`, which then lets virtual time pass.
   */
  patience?: Duration;
}

/** Options of `drain`. */
export interface DrainOptions extends TestbedLimits {
  /** Runs what is scheduled for later and what waits for another attempt as well; time passes for it. Default false. */
  scheduled?: boolean;
}

const MOST_RUNS = 10_000;
const DRAIN_PATIENCE_MS = 4_000;
const ADVANCE_PATIENCE_MS = 500;

/** @throws RangeError when the patience is no duration */
export function limitsOfDrain(limits: TestbedLimits): EngineLimits {
  return toEngineLimits(limits, DRAIN_PATIENCE_MS);
}

/** @throws RangeError when the patience is no duration */
export function limitsOfAdvance(limits: TestbedLimits): EngineLimits {
  return toEngineLimits(limits, ADVANCE_PATIENCE_MS);
}

function toEngineLimits({ maxRuns = MOST_RUNS, patience }: TestbedLimits, usualMs: number): EngineLimits {
  return { maxRuns, patienceMs: patience === undefined ? usualMs : requireDuration(patience) };
}
